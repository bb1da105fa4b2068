import type { TopicConfig } from '@partitura/log';

export const configOf = (more: Partial<TopicConfig> = {}): TopicConfig => ({
  cleanup: 'delete',
  retentionMs: -1,
  timestamps: 'append',
  maxMessageBytes: 1_048_576,
  ...more,
});
