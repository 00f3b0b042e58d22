import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import type { SmokeCheck } from './check.ts';

/** Long enough that a new push time would be another one. */
const APART_MS = 90_000;

/** A tag that is put on an image of before, as vetting pipelines do. */
export const retag: SmokeCheck = {
  name: 'retag',
  question: 'Does another tag on an image that is there change its imagePushedAt?',
  assumed: 'no: it starts nothing, and status shows it (decision 30)',
  otherwise: 'a retag is a push like any other and is released; decision 30 and its line retagPassed go',
  async run({ images, now, pause }) {
    if (images === undefined) return { answer: 'not asked: --repository names none' };
    const { ecr, repositoryName } = images;
    const { imageDetails = [] } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' }, maxResults: 1 }),
    );
    const imageDigest = imageDetails[0]?.imageDigest;
    if (imageDigest === undefined) return { answer: `not asked: ${repositoryName} has no image with a tag` };
    const before = await pushedAt(ecr, repositoryName, imageDigest);
    const { images: found = [] } = await ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
    );
    await pause(APART_MS);
    const imageTag = `aws-smoke-${now()}`;
    await ecr.send(
      new PutImageCommand({
        ...{ repositoryName, imageTag, imageDigest },
        imageManifest: found[0]?.imageManifest,
        imageManifestMediaType: found[0]?.imageManifestMediaType,
      }),
    );
    try {
      const after = await pushedAt(ecr, repositoryName, imageDigest);
      return {
        imageDigest,
        before,
        after,
        answer: before === after ? 'no: it stays as it was' : 'yes: it is a new one',
      };
    } finally {
      // by its tag: the image has another one, and stays
      await ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
    }
  },
};

async function pushedAt(ecr: ECRClient, repositoryName: string, imageDigest: string): Promise<string | undefined> {
  const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
  const { imageDetails = [] } = await ecr.send(command);
  return imageDetails[0]?.imagePushedAt?.toISOString();
}
