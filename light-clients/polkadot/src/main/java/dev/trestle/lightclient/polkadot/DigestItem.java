package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;

/**
 * One item of a header's digest (Polkadot specification 3.2, {@code sp_runtime::DigestItem}).
 *
 * @param engine four bytes that name the consensus engine; empty for kinds without one
 * @param data empty for {@link Kind#RUNTIME_ENVIRONMENT_UPDATED}
 */
public record DigestItem(Kind kind, Bytes engine, Bytes data) {
  /** Largest item in bytes. */
  public static final int MAX_SIZE = 200_000;

  /** Engine of GRANDPA, {@code FRNK}. */
  public static final Bytes GRANDPA = Bytes.utf8("FRNK");

  /** Engine of BEEFY, {@code BEEF}. */
  public static final Bytes BEEFY = Bytes.utf8("BEEF");

  private static final int ENGINE_SIZE = 4;

  /** What an item is for; the number is its tag. */
  public enum Kind {
    OTHER(0),
    CONSENSUS(4),
    SEAL(5),
    PRE_RUNTIME(6),
    RUNTIME_ENVIRONMENT_UPDATED(8);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private boolean hasEngine() {
      return this == CONSENSUS || this == SEAL || this == PRE_RUNTIME;
    }
  }

  static DigestItem read(ScaleReader in) {
    int tag = in.u8();
    for (Kind kind : Kind.values()) {
      if (kind.tag == tag) {
        Bytes engine = kind.hasEngine() ? in.fixed(ENGINE_SIZE) : Bytes.EMPTY;
        boolean empty = kind == Kind.RUNTIME_ENVIRONMENT_UPDATED;
        return new DigestItem(kind, engine, empty ? Bytes.EMPTY : in.bytes(MAX_SIZE));
      }
    }
    throw new DecodeException("a digest item of kind " + tag);
  }

  void write(ScaleWriter out) {
    out.u8(kind.tag).fixed(engine);
    if (kind != Kind.RUNTIME_ENVIRONMENT_UPDATED) {
      out.bytes(data);
    }
  }
}
