package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.DomainTag;

/**
 * What a validator can sign, in the order in which it may sign within one round: a round is entered
 * (ROUND_CHANGE), then proposed, prepared and committed in.
 */
@SuppressWarnings("ImmutableEnumChecker") // DomainTag and Hash32 are immutable
public enum StatementKind {
  ROUND_CHANGE(0, "round-change"),
  PROPOSAL(1, "proposal"),
  PREPARE(2, "prepare"),
  COMMIT(3, "commit");

  private final int code;
  private final DomainTag tag;
  private final Hash32 tagHash;

  StatementKind(int code, String purpose) {
    this.code = code;
    this.tag = DomainTag.of("relay", purpose, 1);
    this.tagHash = tag.hash();
  }

  /** The byte in encodings and the order in {@link SignPosition}. */
  public int code() {
    return code;
  }

  public DomainTag tag() {
    return tag;
  }

  Hash32 tagHash() {
    return tagHash;
  }

  static StatementKind ofCode(int code) {
    for (StatementKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no statement kind " + code);
  }
}
