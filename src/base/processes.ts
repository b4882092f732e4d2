/** The processes that share a storage folder: ourselves and the others. */
export interface PeerProcesses {
  /** How this process is called in what they share. */
  readonly me: string;
  /** False only when that process is known to have ended. */
  isAlive(peer: string): boolean;
}

/** For a single process, and for tests. */
export const singleProcess: PeerProcesses = { me: 'me', isAlive: (peer) => peer === 'me' };
