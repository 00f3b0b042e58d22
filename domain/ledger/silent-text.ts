/** `shop-burns has no data: while it has none it takes nothing back` */
export const silentText = (alarm: string, why: 'noData' | 'missing'): string =>
  why === 'noData'
    ? `alarm ${alarm} has no data: while it has none it takes nothing back`
    : `alarm ${alarm} is not there: without it there is no further weight`;
