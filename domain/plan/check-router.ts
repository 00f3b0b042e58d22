import { type Issue, type Path, valueAt } from '../file/issue.ts';
import { routerOf } from '../routers/plan-registry.ts';
import { ROUTER_VARIABLES } from '../routers/request-metrics-registry.ts';
import type { RouterKind } from '../routers/router-kind.ts';
import { isKnown, measuredByRouter } from '../sources/check-source.ts';
import { sourcePlanOf } from '../sources/plan-registry.ts';
import { templateVariables } from '../sources/template.ts';
import { draftedWeight, WEIGHT_KEY } from '../steps/plan-registry.ts';
import type { Workload } from '../workload.ts';
import { metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

/** What a plan asks for and the workload's router cannot do, each with its place. `input` is the file as it was. */
export function checkRouter(draft: PlanDraft, input: object, workload: Workload): Issue[] {
  const kind = routerOf(workload.router);
  return [
    ...checkMirror(kind, input),
    ...checkWeights(kind, draft),
    ...checkPreview(kind, draft, workload),
    ...checkWayBack(kind, draft),
    ...(kind.requestMetrics === undefined ? checkCounts(kind, draft, input) : []),
  ];
}

const refused = (path: Path, at: Issue['at'], found: string, expected: string): Issue => ({
  path,
  at,
  found,
  expected,
});

/** No strategy of this version sends copies of requests; a plan that wants one is told what its router says to that. */
function checkMirror({ kind, can }: RouterKind, input: object): Issue[] {
  if (can.mirror || valueAt(input, ['strategy']) !== 'shadow') return [];
  const found = `'shadow', which needs copies of requests, and the router '${kind}' cannot send any`;
  return [refused(['strategy'], 'value', found, "'canary' or 'blueGreen'")];
}

function checkWeights({ kind, can }: RouterKind, draft: PlanDraft): Issue[] {
  const issues: Issue[] = [];
  const noWeights = `the router '${kind}' sends all requests to one version, 0 or 100`;
  const asFine = `a multiple of ${can.granularity}, which is as fine as the router '${kind}' is`;
  if (!can.weights && draft.strategy === 'canary') {
    issues.push(refused(['strategy'], 'value', `'canary', and ${noWeights}`, "'blueGreen'"));
  }
  if (!can.weights && draft.control !== undefined) {
    issues.push(refused(['control'], 'value', `${draft.control}, and ${noWeights}`, 'no control'));
  } else if (draft.control !== undefined && !isMultiple(draft.control, can.granularity)) {
    issues.push(refused(['control'], 'value', `${draft.control}`, asFine));
  }
  for (const [index, step] of (draft.steps ?? []).entries()) {
    const weight = draftedWeight(step);
    if (weight === undefined) continue;
    const path = ['steps', index, WEIGHT_KEY];
    if (!can.weights && weight !== 0 && weight !== 100) {
      issues.push(refused(path, 'value', `${weight}, and ${noWeights}`, '0 or 100'));
    } else if (!isMultiple(weight, can.granularity)) {
      issues.push(refused(path, 'value', `${weight}`, asFine));
    }
  }
  return issues;
}

const isMultiple = (weight: number, granularity: number): boolean =>
  Math.abs(weight / granularity - Math.round(weight / granularity)) <= 1e-6;

/** A team that wants to go back while the cluster does not answer cannot have a router that turns its dial there. */
function checkWayBack({ kind, can }: RouterKind, { goBackThrough }: PlanDraft): Issue[] {
  if (goBackThrough === undefined || goBackThrough === can.goesBackThrough) return [];
  const found = `'${goBackThrough}', and the router '${kind}' goes back through the ${can.goesBackThrough}`;
  return [refused(['goBackThrough'], 'value', found, 'another router, or no goBackThrough')];
}

function checkPreview({ kind, can, previews, previewKey }: RouterKind, draft: PlanDraft, workload: Workload): Issue[] {
  if (draft.preview === undefined) return [];
  if (!can.preview) {
    return [refused(['preview'], 'key', `a preview, which the router '${kind}' cannot do`, 'no preview')];
  }
  if (draft.preview.header !== undefined && !can.headers) {
    const found = `a header, and the router '${kind}' does not look at headers`;
    return [refused(['preview', 'header'], 'key', found, 'no header')];
  }
  if (previews(workload.router)) return [];
  const found = `a preview, which the router of '${workload.name}' cannot do`;
  const wanted = previewKey === undefined ? '' : `a ${previewKey} in the workload's router, or `;
  return [refused(['preview'], 'key', found, `${wanted}no preview`)];
}

/** Where the router's requests are counted by nobody whom a source asks for them. */
function checkCounts({ kind, countsInstead = 'another source' }: RouterKind, draft: PlanDraft, input: object): Issue[] {
  return metricsOf(draft).flatMap(({ metric: { source }, path }): Issue[] => {
    if (!isKnown(source)) return [];
    const at = [...path, 'source'];
    const key = measuredByRouter(source, one => valueAt(input, [...at, one]) !== undefined);
    const nobody = `nobody counts the requests of the router '${kind}' there`;
    if (key !== undefined)
      return [refused([...at, key], 'key', `'${key}' of ${source.kind}, and ${nobody}`, countsInstead)];
    return sourcePlanOf(source.kind)
      .templates(source)
      .flatMap(({ path: below, text }) =>
        templateVariables(text)
          .filter(({ name }) => ROUTER_VARIABLES.some(variable => variable === name))
          .map(({ name, column }) => {
            const found = `'\${${name}}', which the router '${kind}' does not have`;
            return {
              ...refused([...at, ...below], 'value', found, countsInstead),
              column,
              length: `\${${name}}`.length,
            };
          }),
      );
  });
}
