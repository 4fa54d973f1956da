// Names of fields that forms have beside those of their handlers.

/** The token of form-token.ts. Handlers never see it. */
export const formTokenField = 'form_token';
