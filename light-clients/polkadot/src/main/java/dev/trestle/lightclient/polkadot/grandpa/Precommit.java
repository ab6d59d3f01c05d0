package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;

/**
 * A signed vote to finalise a block and its ancestors.
 *
 * @param authority Ed25519 key of the voter
 */
public record Precommit(Hash32 hash, long number, Bytes signature, Bytes authority) {
  static final int SIZE = 132;
  private static final int SIGNATURE_SIZE = 64;
  private static final int PRECOMMIT = 1;

  static Precommit read(ScaleReader in) {
    return new Precommit(
        in.hash(), in.u32(), in.fixed(SIGNATURE_SIZE), in.fixed(AuthoritySet.KEY_SIZE));
  }

  void write(ScaleWriter out) {
    out.hash(hash).u32(number).fixed(signature).fixed(authority);
  }

  /**
   * What is signed (Polkadot specification 6.2, {@code sp_consensus_grandpa::localized_payload}):
   * {@code 1 | hash | number u32 | round u64 | set id u64}.
   */
  public static Bytes payload(Hash32 hash, long number, long round, long setId) {
    return new ScaleWriter().u8(PRECOMMIT).hash(hash).u32(number).u64(round).u64(setId).toBytes();
  }
}
