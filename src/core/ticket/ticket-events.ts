// // Port: hints that an interaction's ticket changed. The store is the truth, so a lost hint costs a delay
// and never a sign-in.

export type TicketEvents = {
  /** Tells every node. Never rejects: a hint that cannot be sent is dropped. */
  publish(interactionId: string): Promise<void>;
  /**
   * The listener gets the interaction id, or null when hints of any may have been lost. Returns the way to
   * stop.
   */
  subscribe(listener: (interactionId: string | null) => void): () => void;
};
