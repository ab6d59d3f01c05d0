package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.util.List;

/**
 * A set of BEEFY validators as the chain commits to it ({@code BeefyAuthoritySet}).
 *
 * @param length number of validators, 1 to {@link #MAX_VALIDATORS}
 * @param root {@link BinaryMerkle} over the Keccak-256 of each validator's address
 */
public record ValidatorSet(long id, long length, Hash32 root) {
  /** Most validators; Polkadot has 600. */
  public static final int MAX_VALIDATORS = 1_024;

  public ValidatorSet {
    if (id < 0 || length < 1 || length > MAX_VALIDATORS) {
      throw new IllegalArgumentException(length + " validators of set " + id);
    }
  }

  /** The set of these validators. */
  public static ValidatorSet of(long id, List<EvmAddress> validators) {
    return new ValidatorSet(id, validators.size(), root(validators));
  }

  /** What a set of these validators commits to. */
  static Hash32 root(List<EvmAddress> validators) {
    return BinaryMerkle.root(validators.stream().map(ValidatorSet::leaf).toList());
  }

  public static Hash32 leaf(EvmAddress validator) {
    return Digests.keccak256(validator.bytes());
  }

  /** More than two thirds: {@code n - (n - 1) / 3}. */
  public long threshold() {
    return length - (length - 1) / 3;
  }

  void write(CanonicalWriter out) {
    out.u64(id).u32(length).hash(root);
  }

  static ValidatorSet read(CanonicalReader in) {
    return new ValidatorSet(in.u64(), in.u32(), in.hash());
  }
}
