package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom an attested client trusts, and from where on.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | b32 hubId | text chain | u64 epoch | u16 n | n times
 * 33 bytes | u16 threshold | u64 firstHeight | u64 trustedFromSeconds | u64 trustingPeriodSeconds}.
 *
 * @param hubId chain id of the relay chain that the attestations are made for
 * @param chain the EVM chain whose headers are attested
 * @param members attestation keys; a member's number is its index here
 * @param threshold how many must sign, over two thirds
 * @param firstHeight headers below it are refused
 * @param trustedFromSeconds Unix time from which trust counts until the first update
 * @param trustingPeriodSeconds without an update for so long, the client expires
 */
public record AttestedAnchor(
    Hash32 hubId,
    ChainId chain,
    long epoch,
    List<PublicKey> members,
    int threshold,
    long firstHeight,
    long trustedFromSeconds,
    long trustingPeriodSeconds) {
  /** Fewest members of a committee. */
  public static final int MIN_MEMBERS = 4;

  /** Most members of a committee; bounds the work of one update. */
  public static final int MAX_MEMBERS = 128;

  /** Longest trusting period, one year in seconds. */
  public static final long MAX_TRUSTING_PERIOD = 365L * 24 * 3600;

  private static final int VERSION = 1;
  private static final int MAX_CHAIN_TEXT = 41;

  public AttestedAnchor {
    members = List.copyOf(members);
    int n = members.size();
    if (n < MIN_MEMBERS || n > MAX_MEMBERS) {
      throw new IllegalArgumentException("a committee of " + n + " members");
    }
    if (threshold > n || 3L * threshold <= 2L * n) {
      throw new IllegalArgumentException("a threshold of " + threshold + " of " + n);
    }
    // By x: whoever holds a key also holds its negation, and must not count twice.
    if (members.stream().map(PublicKey::xOnly).distinct().count() != n) {
      throw new IllegalArgumentException("a member stands twice in the committee");
    }
    if (hubId.isZero() || !chain.namespace().equals("eip155")) {
      throw new IllegalArgumentException("not a hub and an EVM chain");
    }
    if (epoch < 0 || firstHeight < 0 || trustedFromSeconds < 0) {
      throw new IllegalArgumentException("a negative epoch, height or time");
    }
    if (trustingPeriodSeconds < 1 || trustingPeriodSeconds > MAX_TRUSTING_PERIOD) {
      throw new IllegalArgumentException("a trusting period of " + trustingPeriodSeconds + " s");
    }
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).hash(hubId).text(chain.toString());
    out.u64(epoch).u16(members.size());
    members.forEach(member -> out.fixed(member.compressed()));
    out.u16(threshold).u64(firstHeight).u64(trustedFromSeconds).u64(trustingPeriodSeconds);
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of an anchor
   */
  public static AttestedAnchor decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, AttestedAnchor::read);
  }

  private static AttestedAnchor read(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("anchor version " + version);
    }
    Hash32 hubId = in.hash();
    ChainId chain = ChainId.parse(in.text(MAX_CHAIN_TEXT));
    long epoch = in.u64();
    int count = in.u16();
    if (count > MAX_MEMBERS) {
      throw new DecodeException(count + " members");
    }
    List<PublicKey> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(new PublicKey(in.fixed(PublicKey.SIZE)));
    }
    return new AttestedAnchor(hubId, chain, epoch, members, in.u16(), in.u64(), in.u64(), in.u64());
  }
}
