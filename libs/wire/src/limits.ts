const MiB = 1024 * 1024;

/** What one record, value, workflow or batch may weigh; larger is refused with a reason. */
export const limits = {
  /** One input, output, definition: bytes of its JSON. */
  valueBytes: 3 * MiB,
  /** All data of one workflow together. */
  workflowBytes: 10 * MiB,
  /** One batch of records. */
  batchBytes: 8 * MiB,
  /** What topics accept and readers are ready for: a batch with room for its frame. */
  messageBytes: 10 * MiB,
  /** A dead letter: any record that a topic takes, and what is said about it. */
  deadLetterBytes: 11 * MiB,
  /** Objects and arrays inside each other. */
  jsonDepth: 200,
  /** Keys of one JSON object. */
  jsonKeys: 10_000,
  /** Names, ids and the like that outsiders choose. */
  nameChars: 255,
  /** Free text from outside: reasons, log lines. */
  textChars: 65_536,
} as const;
