package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The authorities in charge. One to {@link #MAX_AUTHORITIES} of them, each with a positive weight
 * and none twice; the weights together are below 2^63.
 *
 * @param id counts the sets since genesis; signed with every vote
 */
public record AuthoritySet(long id, List<Authority> authorities) {
  /** Most authorities; Polkadot has 600. */
  public static final int MAX_AUTHORITIES = 1_024;

  /** Bytes of an Ed25519 key. */
  static final int KEY_SIZE = 32;

  /**
   * A voter.
   *
   * @param key Ed25519
   */
  public record Authority(Bytes key, long weight) {
    public Authority {
      if (key.size() != KEY_SIZE || weight < 1) {
        throw new IllegalArgumentException("an authority has 32 bytes of key and a weight");
      }
    }
  }

  public AuthoritySet {
    authorities = List.copyOf(authorities);
    if (authorities.isEmpty() || authorities.size() > MAX_AUTHORITIES || id < 0) {
      throw new IllegalArgumentException(authorities.size() + " authorities of set " + id);
    }
    if (authorities.stream().map(Authority::key).distinct().count() != authorities.size()) {
      throw new IllegalArgumentException("an authority is listed twice");
    }
    total(authorities);
  }

  private static long total(List<Authority> authorities) {
    long total = 0;
    for (Authority each : authorities) {
      total = Math.addExact(total, each.weight());
    }
    return total;
  }

  /** More than two thirds of the weight: {@code total - (total - 1) / 3}. */
  public long threshold() {
    long total = total(authorities);
    return total - (total - 1) / 3;
  }

  /** Weights by key. */
  Map<Bytes, Long> weights() {
    Map<Bytes, Long> weights = new HashMap<>();
    authorities.forEach(each -> weights.put(each.key(), each.weight()));
    return weights;
  }

  /** The set that follows. */
  AuthoritySet next(List<Authority> successors) {
    return new AuthoritySet(id + 1, successors);
  }

  void write(CanonicalWriter out) {
    out.u64(id).list(authorities, (to, each) -> to.fixed(each.key()).u64(each.weight()));
  }

  static AuthoritySet read(CanonicalReader in) {
    return new AuthoritySet(
        in.u64(),
        in.list(MAX_AUTHORITIES, each -> new Authority(each.fixed(KEY_SIZE), each.u64())));
  }
}
