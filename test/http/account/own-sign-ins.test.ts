// Browsers that were signed in without a phone, on SQLite.
import { startApp } from '../../support/app.ts';
import { ownSignInCases } from './own-sign-in-cases.ts';

ownSignInCases('SQLite', startApp);
