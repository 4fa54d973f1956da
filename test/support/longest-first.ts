// The order of the test files: the longest first, so that none of them is left for one worker while the
// other has nothing to do. Without it a machine that never ran them goes by the size of the files.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const longest = [
  'e2e/accessibility.spec.ts',
  'cli.test.ts',
  'e2e/scanner.spec.ts',
  'e2e/crash.spec.ts',
  'e2e/passkeys.spec.ts',
  'e2e/sign-in-page.spec.ts',
  'e2e/ask-my-phone.spec.ts',
  'e2e/login.spec.ts',
  'e2e/five-minutes.spec.ts',
  'e2e/races.spec.ts',
  'clients/next-auth.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const known = longest.flatMap((name) => others.filter(({ moduleId }) => moduleId.endsWith(`/test/${name}`)));
    return [...known, ...others.filter((file) => !known.includes(file))];
  }
}
