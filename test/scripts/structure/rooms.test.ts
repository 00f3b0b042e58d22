import { describe, expect, it } from 'vitest';
import { checkRooms, circleText, roomIn, topFolder } from '../../../scripts/structure/rooms.ts';

const file = (source: string, ...dependencies: string[]) => ({ source, dependencies });

describe('rooms', () => {
  it('may import lower ones, and each other in no circle', () => {
    const modules = [
      file('domain/release/move.ts', 'domain/ledger/fold.ts', 'domain/release/hold.ts', 'node_modules/zod/index.js'),
      file('domain/ledger/fold.ts', 'domain/plan/plan.ts'),
      file('domain/plan/plan.ts'),
    ];
    expect(checkRooms(modules, roomIn('domain'))).toEqual({ rooms: 3, imports: 2, circles: [] });
  });

  it('are named with the imports that make their circle, however long it is', () => {
    const modules = [
      file('domain/plan/a.ts', 'domain/steps/b.ts'),
      file('domain/steps/b.ts', 'domain/judges/c.ts'),
      file('domain/judges/c.ts', 'domain/plan/d.ts'),
      file('domain/plan/d.ts'),
      file('domain/file/e.ts'),
    ];
    const { circles, rooms } = checkRooms(modules, roomIn('domain'));
    expect(rooms).toBe(4);
    expect(circles.map(circleText)).toEqual([
      [
        'rooms in a circle: domain/judges -> domain/plan -> domain/steps -> domain/judges',
        '  domain/judges/c.ts imports domain/plan/d.ts',
        '  domain/plan/a.ts imports domain/steps/b.ts',
        '  domain/steps/b.ts imports domain/judges/c.ts',
      ].join('\n'),
    ]);
  });

  it('are told of each circle that has no room in common with another', () => {
    const modules = [
      file('domain/a/1.ts', 'domain/b/1.ts'),
      file('domain/b/1.ts', 'domain/a/1.ts', 'domain/c/1.ts'),
      file('domain/c/1.ts', 'domain/d/1.ts'),
      file('domain/d/1.ts', 'domain/c/1.ts'),
    ];
    const { circles } = checkRooms(modules, roomIn('domain'));
    expect(circles.map(({ rooms }) => rooms)).toEqual([
      ['domain/a', 'domain/b'],
      ['domain/c', 'domain/d'],
    ]);
  });

  it('a file beside the rooms is a room of its own', () => {
    const modules = [
      file('domain/workload-file.ts', 'domain/plan/check.ts'),
      file('domain/plan/check.ts', 'domain/workload.ts'),
      file('domain/workload.ts'),
    ];
    expect(checkRooms(modules, roomIn('domain'))).toEqual({ rooms: 3, imports: 2, circles: [] });
    const back = [...modules, file('domain/plan/read.ts', 'domain/workload-file.ts')];
    expect(checkRooms(back, roomIn('domain')).circles.map(({ rooms }) => rooms)).toEqual([
      ['domain/plan', 'domain/workload-file.ts'],
    ]);
  });

  it('of the top level are its folders, and files of the root are in none', () => {
    const modules = [
      file('cli/a.ts', 'bench/b.ts'),
      file('bench/b.ts', 'lab/c.ts'),
      file('lab/c.ts', 'cli/d.ts'),
      file('vitest.config.ts', 'cli/a.ts'),
    ];
    const { circles, rooms } = checkRooms(modules, topFolder(['bench', 'cli', 'lab']));
    expect([rooms, circles.map(circle => circle.rooms)]).toEqual([3, [['bench', 'lab', 'cli']]]);
  });
});
