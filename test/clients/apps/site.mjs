// The web application around a library: Express with express-session and their default cookie. Its front
// page prints as JSON what the session remembers of the person.
import express from 'express';
import session from 'express-session';

export const issuer = process.env.ISSUER;
export const origin = process.env.ORIGIN;
export const clientId = process.env.CLIENT_ID;
export const clientSecret = process.env.CLIENT_SECRET;

export const site = express();
site.use(session({ secret: 'only for this test', resave: false, saveUninitialized: true }));
site.get('/', (request, response) => response.json(request.session.person ?? { person: null }));

/** The address of a request as the browser sees it. */
export const addressOf = (request) => new URL(request.originalUrl, origin);

export const listen = () => site.listen(new URL(origin).port, 'localhost');
