package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What subscriptions are fed from: the store, by height, so that every one can be taken up again.
 */
interface EventSource {
  /** Height of the newest block. */
  long head();

  /** Height of the lowest block that is kept, with all above it; it may rise at any time. */
  long lowest();

  /**
   * What a topic says of a stored block; may block.
   *
   * @return empty if the topic has nothing to say of it
   */
  Optional<JsonNode> at(Topic topic, long height);

  /** What became of a transaction, if it is in a block; may block. */
  Optional<JsonNode> transaction(Hash32 id);

  /** What a client can follow block by block. */
  enum Topic {
    /** Every block: header fields and the ids of its transactions. */
    BLOCKS("blocks"),
    /** Every transaction of every block, and how it ended. */
    TRANSACTIONS("transactions"),
    /** Every packet that left, in the order of its block's outbox. */
    PACKETS("packets"),
    /** Every proof of a validator's fault in a block. */
    EVIDENCE("evidence");

    private final String word;

    Topic(String word) {
      this.word = word;
    }

    static Optional<Topic> of(String word) {
      for (Topic topic : values()) {
        if (topic.word.equals(word)) {
          return Optional.of(topic);
        }
      }
      return Optional.empty();
    }

    /** As it stands in requests. */
    String word() {
      return word;
    }
  }
}
