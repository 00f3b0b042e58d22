import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { revisionOf } from '../../../domain/slot/revision.ts';
import { charts } from '../../support/charts/charts.ts';
import type { RealKubernetes } from '../../support/kubernetes-server.ts';
import { checkout, GOOD_IMAGE } from './cluster.contract.ts';
import { corePath, deploymentPath, shop, withRealCluster } from './real-cluster.ts';

/** Pod templates in the shapes of public charts, installed as Helm does and adopted with the product's rights. */
export function chartsOnKubernetes(real: () => RealKubernetes): void {
  const { cluster, admin, untilGreen, green } = withRealCluster(real);

  describe.each(charts)('$title', ({ podTemplate, selector, configMaps = {}, workload, spec, pushed, requestPort }) => {
    it('is adopted: written, ready, written again without a change, and gets its requests', async () => {
      // Prepare
      for (const [name, data] of Object.entries(configMaps)) {
        await admin().apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...shop }, data });
      }
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'chart', ...shop },
        spec: { replicas: 0, selector: { matchLabels: selector }, template: podTemplate, ...spec },
      };
      await admin().must('POST', `${deploymentPath('')}?fieldManager=helm`.replace('/?', '?'), { body });
      const adopted = { ...checkout, ...workload, deployment: 'chart' };
      const write = async () => {
        const template = await cluster().readTemplate(adopted);
        const images = { [workload.container]: GOOD_IMAGE };
        const revision = revisionOf({ ...template, workload: adopted, images }, sha256);
        await cluster().writeSlot(adopted, 'green', { revision, images, template }, 1);
        return revision;
      };

      // Act
      const revision = await write();
      await cluster().scaleSlot(adopted, 'green', 1, 1);

      // Assess
      await untilGreen().toMatchObject({ ready: true, available: 1, revision });
      const { images = {} } = await cluster().readSlot(adopted, 'green');
      const found = Object.keys(images).filter(name => images[name] === GOOD_IMAGE);
      expect(found.sort()).toEqual([...pushed].sort());
      const service = await admin().must('GET', `${corePath('services')}/checkout-green`);
      expect(service.spec.ports).toMatchObject([{ targetPort: requestPort, protocol: 'TCP' }]);
      const { generation } = (await green()).metadata;
      expect(await write()).toBe(revision);
      expect((await green()).metadata.generation).toBe(generation);
    });
  });
}
