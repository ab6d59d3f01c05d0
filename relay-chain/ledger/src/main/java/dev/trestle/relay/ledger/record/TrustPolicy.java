package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who must have checked a fact before a packet is sent for it: a tree of verifiers. Only what
 * counts up is expressible, so more evidence never satisfies less. Its hash is part of every
 * packet's id.
 *
 * <p>Constructors refuse trees deeper than {@link #MAX_DEPTH}, of more than {@link #MAX_LEAVES}
 * leaves, children out of order or twice, and a verifier that could count twice in one group.
 */
public sealed interface TrustPolicy {
  /** Levels of a tree, leaves included. */
  int MAX_DEPTH = 4;

  /** Children of one group. */
  int MAX_CHILDREN = 16;

  /** Leaves of a tree. */
  int MAX_LEAVES = 32;

  /** Largest canonical form in bytes. */
  int MAX_SIZE = 2_048;

  /** One verifier. */
  sealed interface Leaf extends TrustPolicy {
    /** Who it is, whatever is asked of it: two leaves with one identity count once. */
    Bytes verifier();
  }

  /**
   * The light client of a chain.
   *
   * @param client its id is the CAIP-2 text of its chain
   * @param confirmations at least 1
   */
  record LightClient(ChainId client, long confirmations) implements Leaf {
    public LightClient {
      if (confirmations < 1 || confirmations > 0xffff_ffffL) {
        throw new IllegalArgumentException("a policy asks for at least one confirmation, as a u32");
      }
    }

    @Override
    public Bytes verifier() {
      return Bytes.utf8("client " + client);
    }
  }

  /** The threshold of the notary committee. */
  record Committee() implements Leaf {
    @Override
    public Bytes verifier() {
      return Bytes.utf8("committee");
    }
  }

  /** One other key that watches on its own. */
  record Attestor(PublicKey key) implements Leaf {
    /** By x: whoever holds a key also holds its negation. */
    @Override
    public Bytes verifier() {
      return Bytes.concat(Bytes.utf8("key "), key.xOnly().bytes());
    }
  }

  /**
   * At least {@code required} of several: all of them is AND, one of them is OR.
   *
   * @param of 2 to {@link #MAX_CHILDREN}, ascending by their canonical forms
   */
  record Group(int required, List<TrustPolicy> of) implements TrustPolicy {
    public Group {
      of = List.copyOf(of);
      if (of.size() < 2 || of.size() > MAX_CHILDREN || required < 1 || required > of.size()) {
        throw new IllegalArgumentException(required + " of " + of.size());
      }
      for (int i = 1; i < of.size(); i++) {
        if (of.get(i - 1).encode().compareTo(of.get(i).encode()) >= 0) {
          throw new IllegalArgumentException("policies stand in ascending order, each once");
        }
      }
      int depth = 1 + of.stream().mapToInt(TrustPolicy::depth).max().orElse(0);
      int leaves = of.stream().mapToInt(each -> each.leaves().size()).sum();
      if (depth > MAX_DEPTH || leaves > MAX_LEAVES) {
        throw new IllegalArgumentException(depth + " levels and " + leaves + " leaves");
      }
      if (required > 1) {
        Set<Bytes> seen = new HashSet<>();
        for (TrustPolicy each : of) {
          Set<Bytes> own = new HashSet<>();
          each.leaves().forEach(leaf -> own.add(leaf.verifier()));
          if (own.stream().anyMatch(seen::contains)) {
            throw new IllegalArgumentException("a verifier counts once");
          }
          seen.addAll(own);
        }
      }
    }
  }

  static TrustPolicy all(TrustPolicy... of) {
    return atLeast(of.length, of);
  }

  static TrustPolicy any(TrustPolicy... of) {
    return atLeast(1, of);
  }

  static TrustPolicy atLeast(int required, TrustPolicy... of) {
    return new Group(
        required, List.of(of).stream().sorted(Comparator.comparing(TrustPolicy::encode)).toList());
  }

  /** Whether it is satisfied when exactly the leaves of {@code holds} are. */
  default boolean isSatisfied(Predicate<Leaf> holds) {
    return switch (this) {
      case Leaf leaf -> holds.test(leaf);
      case Group(int required, List<TrustPolicy> of) ->
          of.stream().filter(each -> each.isSatisfied(holds)).count() >= required;
    };
  }

  /** All leaves, from left to right. */
  default List<Leaf> leaves() {
    List<Leaf> leaves = new ArrayList<>();
    switch (this) {
      case Leaf leaf -> leaves.add(leaf);
      case Group group -> group.of.forEach(each -> leaves.addAll(each.leaves()));
    }
    return List.copyOf(leaves);
  }

  private int depth() {
    return switch (this) {
      case Leaf leaf -> 1;
      case Group group -> 1 + group.of.stream().mapToInt(TrustPolicy::depth).max().orElse(0);
    };
  }

  /**
   * {@code u8 1 | text clientId | u32 confirmations}, {@code u8 2} (committee), {@code u8 3 |
   * 33-byte key} (attestor) or {@code u8 4 | u8 required | u8 count | policies}.
   */
  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    switch (this) {
      case LightClient(ChainId client, long confirmations) ->
          out.u8(1).text(client.toString()).u32(confirmations);
      case Committee committee -> out.u8(2);
      case Attestor(PublicKey key) -> out.u8(3).fixed(key.compressed());
      case Group(int required, List<TrustPolicy> of) -> {
        out.u8(4).u8(required).u8(of.size());
        of.forEach(each -> out.fixed(each.encode()));
      }
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a policy
   */
  static TrustPolicy decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a policy of " + encoded.size() + " bytes");
    }
    return CanonicalReader.decode(encoded, in -> read(in, 1));
  }

  private static TrustPolicy read(CanonicalReader in, int level) {
    if (level > MAX_DEPTH) {
      throw new DecodeException("more than " + MAX_DEPTH + " levels");
    }
    int type = in.u8();
    return switch (type) {
      case 1 -> new LightClient(Fields.chain(in), in.u32());
      case 2 -> new Committee();
      case 3 -> new Attestor(new PublicKey(in.fixed(PublicKey.SIZE)));
      case 4 -> {
        int required = in.u8();
        int count = in.u8();
        if (count > MAX_CHILDREN) {
          throw new DecodeException(count + " policies in a group");
        }
        List<TrustPolicy> of = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          of.add(read(in, level + 1));
        }
        yield new Group(required, of);
      }
      default -> throw new DecodeException("policy of kind " + type);
    };
  }

  /** SHA-256 of the canonical form; stands in every packet. */
  default Hash32 hash() {
    return Digests.sha256(encode());
  }
}
