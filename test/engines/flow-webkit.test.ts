// The whole sign-in in WebKit.
import { describeFlow } from './flow.ts';

describeFlow('webkit');
