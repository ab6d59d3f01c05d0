package dev.trestle.lightclient.xrpl;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The validators that a publisher names, and with which key each of them signs (UNL).
 *
 * @param sequence the publisher's count of lists
 * @param effective Unix time from which it is in force; 0 for always
 * @param expiration Unix time from which it is not any more
 * @param members one to {@link #MAX_MEMBERS}, no master key and no signing key twice
 */
public record ValidatorList(long sequence, long effective, long expiration, List<Member> members) {
  /** Most validators; the default list has 35. */
  public static final int MAX_MEMBERS = 1_024;

  /**
   * A validator.
   *
   * @param manifestSequence of the manifest that named the signing key; 0 without a manifest
   * @param signingKey empty for a member that cannot sign: revoked, or its manifest is no good
   */
  public record Member(XrplKey master, long manifestSequence, Optional<XrplKey> signingKey) {
    private void write(CanonicalWriter out) {
      out.fixed(master.bytes()).u32(manifestSequence);
      out.optional(signingKey, (to, key) -> to.fixed(key.bytes()));
    }

    private static Member read(CanonicalReader in) {
      return new Member(key(in), in.u32(), in.optional(Member::key));
    }

    private static XrplKey key(CanonicalReader in) {
      return new XrplKey(in.fixed(XrplKey.SIZE));
    }
  }

  public ValidatorList {
    members = List.copyOf(members);
    if (members.isEmpty() || members.size() > MAX_MEMBERS) {
      throw new IllegalArgumentException(members.size() + " validators");
    }
    if (effective >= expiration) {
      throw new IllegalArgumentException("a list that is never in force");
    }
    Set<XrplKey> keys = new HashSet<>();
    for (Member each : members) {
      if (!keys.add(each.master()) || !each.signingKey().map(keys::add).orElse(true)) {
        throw new IllegalArgumentException("a key of two validators");
      }
    }
  }

  /**
   * How many members must validate: at least 80 % of all that are listed. Members on the ledger's
   * negative list count, too, so this is never less than what servers ask for.
   */
  public int quorum() {
    return quorum(members.size());
  }

  /** {@code ceil(0.8 * n)}. */
  public static int quorum(int members) {
    return (4 * members + 4) / 5;
  }

  /** Places of the members by signing key. */
  Map<XrplKey, Integer> bySigningKey() {
    Map<XrplKey, Integer> places = new HashMap<>();
    for (int i = 0; i < members.size(); i++) {
      int place = i;
      members.get(i).signingKey().ifPresent(key -> places.put(key, place));
    }
    return places;
  }

  void write(CanonicalWriter out) {
    out.u64(sequence).u64(effective).u64(expiration);
    out.list(members, (to, each) -> each.write(to));
  }

  static ValidatorList read(CanonicalReader in) {
    return new ValidatorList(in.u64(), in.u64(), in.u64(), in.list(MAX_MEMBERS, Member::read));
  }
}
