// The whole sign-in in Firefox.
import { describeFlow } from './flow.ts';

describeFlow('firefox');
