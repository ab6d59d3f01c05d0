package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.fabric.policy.SignaturePolicy;
import java.util.List;
import java.util.Optional;

/**
 * Which channel a client follows, whom it asks about the state, and how long it trusts. Encoding:
 * {@code text channel | genesis 32 | bool byzantine | u64 trustingPeriod | list of namespace}.
 *
 * @param genesis hash of block 0: channels of different networks may have one name. Compared where
 *     the anchor's configuration is block 0
 * @param byzantine whether only orderers that tolerate lies (BFT) are accepted; without it one
 *     orderer of a crash-tolerant channel (Raft) makes the client believe any block
 * @param trustingPeriod seconds after accepting a block in which its configuration is trusted
 * @param namespaces about which facts are accepted, by ascending name
 */
public record FabricRules(
    String channel,
    Hash32 genesis,
    boolean byzantine,
    long trustingPeriod,
    List<Namespace> namespaces) {
  /** Longest period in seconds: ten years. */
  public static final long MAX_PERIOD = 315_360_000L;

  /** Most namespaces. */
  public static final int MAX_NAMESPACES = 32;

  /** Longest name of a channel, a namespace or a function in bytes. */
  public static final int MAX_NAME = 249;

  /** Largest policy in bytes. */
  public static final int MAX_POLICY = 16_384;

  public FabricRules {
    namespaces = List.copyOf(namespaces);
    if (channel.isEmpty() || trustingPeriod < 1 || trustingPeriod > MAX_PERIOD) {
      throw new IllegalArgumentException("no channel, or trust for " + trustingPeriod + " s");
    }
    for (int i = 1; i < namespaces.size(); i++) {
      if (namespaces.get(i - 1).name().compareTo(namespaces.get(i).name()) >= 0) {
        throw new IllegalArgumentException("namespaces are not in ascending order");
      }
    }
  }

  /**
   * A chaincode whose state may be proved. Encoding: {@code text name | text function | bytes
   * policy}.
   *
   * @param function that is called with one key, reads it, and returns exactly its value or nothing
   * @param policy encoded {@code SignaturePolicyEnvelope}: whose endorsement of an answer suffices
   */
  public record Namespace(String name, String function, Bytes policy) {
    public Namespace {
      if (name.isEmpty() || function.isEmpty()) {
        throw new IllegalArgumentException("a namespace without name or function");
      }
      SignaturePolicy.decode(policy);
    }

    SignaturePolicy decoded() {
      return SignaturePolicy.decode(policy);
    }
  }

  Optional<Namespace> namespace(String name) {
    return namespaces.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  void write(CanonicalWriter out) {
    out.text(channel).hash(genesis).bool(byzantine).u64(trustingPeriod);
    out.list(
        namespaces, (to, each) -> to.text(each.name()).text(each.function()).bytes(each.policy()));
  }

  /**
   * @throws DecodeException if a policy cannot be judged
   */
  static FabricRules read(CanonicalReader in) {
    return new FabricRules(
        in.text(MAX_NAME),
        in.hash(),
        in.bool(),
        in.u64(),
        in.list(
            MAX_NAMESPACES,
            each ->
                new Namespace(each.text(MAX_NAME), each.text(MAX_NAME), each.bytes(MAX_POLICY))));
  }
}
