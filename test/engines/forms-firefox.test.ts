// The forms of the provider in Firefox.
import { describeForms } from './forms.ts';

describeForms('firefox');
