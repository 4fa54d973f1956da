// Accounts that are disabled and enabled again, on SQLite.
import { startApp } from '../support/app.ts';
import { disabledCases } from './disabled-cases.ts';

disabledCases('SQLite', startApp);
