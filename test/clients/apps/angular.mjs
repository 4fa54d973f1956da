// angular-oauth2-oidc in a standalone Angular application: code flow with PKCE, refresh, userinfo, sign-out
// with revocation. Angular compiles the component in the browser, so that esbuild can bundle the program.
import '@angular/compiler';
import { provideHttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { OAuthService, provideOAuthClient } from 'angular-oauth2-oidc';

const settings = {
  issuer: import.meta.env.ISSUER,
  redirectUri: `${location.origin}/index.html`,
  postLogoutRedirectUri: `${location.origin}/`,
  clientId: import.meta.env.CLIENT_ID,
  responseType: 'code',
  scope: 'openid profile email offline_access',
};

class Shop {
  oauth = inject(OAuthService);
  claims = signal(null);
  token = signal('');
  done = signal('');

  constructor() {
    this.oauth.configure(settings);
    this.oauth.events.subscribe(() => this.show());
    this.oauth.loadDiscoveryDocumentAndTryLogin().then(() => this.show(), (error) => this.done.set(String(error)));
  }

  show() {
    this.claims.set(this.oauth.getIdentityClaims());
    this.token.set(this.oauth.getAccessToken() ?? '');
  }

  run(name, act) {
    act().then((result) => this.done.set(`${name} done ${JSON.stringify(result?.info ?? '')}`), (error) => {
      this.done.set(`${name}: ${error.message ?? error}`);
    });
  }

  login() {
    this.oauth.initCodeFlow();
  }
  refresh() {
    this.run('Refresh', () => this.oauth.refreshToken());
  }
  profile() {
    this.run('Profile', () => this.oauth.loadUserProfile());
  }
  logout() {
    this.run('Sign-out', () => this.oauth.revokeTokenAndLogout());
  }
}

const component = Component({
  selector: 'app-root',
  template: `
    @if (claims(); as person) {
      <p>{{ person.name }} {{ person.email }}</p>
      <output>{{ token() }}</output>
      <button (click)="refresh()">Refresh</button>
      <button (click)="profile()">Profile</button>
      <button (click)="logout()">Sign out</button>
    } @else {
      <p>Nobody</p>
      <button (click)="login()">Sign in</button>
    }
    <p>{{ done() }}</p>`,
});

bootstrapApplication(component(Shop), { providers: [provideHttpClient(), provideOAuthClient()] });
