/** Answers of the small requests, as kafkajs decodes them; errors stay what they are, codes in the data. */
export interface Answers {
  Metadata: {
    readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
    readonly controllerId: number;
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number;
      readonly topic: string;
      readonly isInternal: boolean;
      readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
    }[];
  };
  ListOffsets: {
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly errorCode: number;
        readonly offset: string;
      }[];
    }[];
  };
  GroupCoordinator: {
    readonly errorCode: number;
    readonly coordinator: { readonly nodeId: number; readonly host: string; readonly port: number };
  };
  OffsetCommit: {
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
    }[];
  };
  OffsetFetch: {
    readonly errorCode: number;
    readonly responses: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly offset: string;
        readonly metadata: string | null;
        readonly errorCode: number;
      }[];
    }[];
  };
  JoinGroup: {
    readonly errorCode: number;
    readonly generationId: number;
    readonly groupProtocol: string;
    readonly leaderId: string;
    readonly memberId: string;
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
  };
  SyncGroup: { readonly errorCode: number; readonly memberAssignment: Buffer | null };
  Heartbeat: { readonly errorCode: number };
  LeaveGroup: { readonly errorCode: number };
  CreateTopics: {
    readonly topicErrors: readonly {
      readonly topic: string;
      readonly errorCode: number;
      readonly errorMessage: string | null;
    }[];
  };
  DescribeConfigs: {
    readonly resources: readonly {
      readonly errorCode: number;
      readonly resourceName: string;
      readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[];
    }[];
  };
  DeleteRecords: {
    readonly topics: readonly {
      readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
    }[];
  };
}
