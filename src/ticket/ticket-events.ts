// Port: hints that an interaction's ticket changed. The store is the truth: a lost hint costs a delay, never a sign-in.

export type TicketEvents = {
  /** Tells every node. Never rejects: a hint that cannot be sent is dropped. */
  publish(interactionId: string): Promise<void>;
  /** One listener for the whole process; it gets the interaction id. Returns the way to stop. */
  subscribe(listener: (interactionId: string) => void): () => void;
};
