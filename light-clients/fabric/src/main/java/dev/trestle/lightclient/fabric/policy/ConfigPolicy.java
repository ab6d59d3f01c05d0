package dev.trestle.lightclient.fabric.policy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.protos.ConfigGroup;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import java.util.List;

/** {@code common.Policy} of a configuration (Fabric, "Policies"). */
public sealed interface ConfigPolicy {
  /** Signatures of principals. */
  record Signed(SignaturePolicy policy) implements ConfigPolicy {}

  /** So many of the policies of one name in the groups below. */
  record Implicit(int needed, List<ConfigPolicy> below) implements ConfigPolicy {
    public Implicit {
      below = List.copyOf(below);
      if (needed < 1 || needed > below.size()) {
        throw new DecodeException(needed + " of " + below.size() + " policies");
      }
    }
  }

  private static ConfigPolicy decode(Bytes encoded, ConfigGroup group, int depth) {
    ProtoFields in = ProtoFields.parse(encoded);
    long type = in.varint(1);
    if (type == SIGNATURE) {
      return new Signed(SignaturePolicy.decode(in.bytes(2)));
    }
    if (type != IMPLICIT || depth == MAX_DEPTH) {
      throw new DecodeException("a policy of type " + type + " at depth " + depth);
    }
    ProtoFields meta = in.message(2);
    String name = meta.text(1);
    List<ConfigGroup> groups = group.children();
    List<ConfigPolicy> below =
        groups.stream()
            .map(
                each ->
                    decode(
                        each.policy(name)
                            .orElseThrow(() -> new DecodeException("a group without " + name)),
                        each,
                        depth + 1))
            .toList();
    return new Implicit(needed(meta.integer(2, MAJORITY), below.size()), below);
  }

  private static int needed(int rule, int of) {
    return switch (rule) {
      case ANY -> 1;
      case ALL -> of;
      default -> of / 2 + 1;
    };
  }

  /** Deepest nesting of groups. */
  int MAX_DEPTH = 4;

  /** {@code Policy.PolicyType}. */
  int SIGNATURE = 1;

  /** {@code Policy.PolicyType}. */
  int IMPLICIT = 3;

  /** {@code ImplicitMetaPolicy.Rule}. */
  int ANY = 0;

  /** {@code ImplicitMetaPolicy.Rule}. */
  int ALL = 1;

  /** {@code ImplicitMetaPolicy.Rule}. */
  int MAJORITY = 2;

  /**
   * @param encoded a policy of {@code group}
   * @throws DecodeException if it is malformed, or one that nobody or everybody meets
   */
  static ConfigPolicy decode(Bytes encoded, ConfigGroup group) {
    return decode(encoded, group, 0);
  }

  /** Whether {@code signers}, no one twice, meet the policy. */
  default boolean isMetBy(List<Identity> signers) {
    return switch (this) {
      case Signed(SignaturePolicy policy) -> policy.isMetBy(signers);
      case Implicit(int needed, List<ConfigPolicy> below) ->
          below.stream().filter(each -> each.isMetBy(signers)).count() >= needed;
    };
  }
}
