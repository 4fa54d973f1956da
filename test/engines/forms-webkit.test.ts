// The forms of the provider in WebKit.
import { describeForms } from './forms.ts';

describeForms('webkit');
