package dev.trestle.lightclient.fabric.policy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.fabric.msp.Identity;
import dev.trestle.lightclient.fabric.msp.Principal;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import java.util.BitSet;
import java.util.List;

/**
 * {@code common.SignaturePolicyEnvelope}: a tree of "n out of" over principals, evaluated as
 * Fabric's {@code cauthdsl} does: rules from left to right, each signer taken by the first rule
 * that wants it and used once. A rule of none out of many, or of more than there are, is refused.
 */
public record SignaturePolicy(Rule rule, List<Principal> principals) {
  /** Most principals of a policy. */
  public static final int MAX_PRINCIPALS = 512;

  /** Most rules of a policy, all levels together. */
  public static final int MAX_RULES = 2_048;

  /** Deepest nesting of rules. */
  public static final int MAX_DEPTH = 16;

  public SignaturePolicy {
    principals = List.copyOf(principals);
  }

  /** A node of the tree. */
  public sealed interface Rule {
    /** One signer who is this principal. */
    record SignedBy(int principal) implements Rule {}

    /** At least {@code n} of the rules. */
    record OutOf(int n, List<Rule> rules) implements Rule {
      public OutOf {
        rules = List.copyOf(rules);
        if (n < 1 || n > rules.size()) {
          throw new DecodeException(n + " out of " + rules.size() + " rules");
        }
      }
    }
  }

  /**
   * @throws DecodeException if it is malformed, over a limit, or a policy that nobody or everybody
   *     meets
   */
  public static SignaturePolicy decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    if (in.varint(1) != 0) {
      throw new DecodeException("policy version " + in.varint(1));
    }
    List<Principal> principals =
        in.repeated(3, MAX_PRINCIPALS).stream().map(Principal::decode).toList();
    return new SignaturePolicy(
        rule(in.message(2), principals.size(), 0, new int[] {MAX_RULES}), principals);
  }

  private static Rule rule(ProtoFields in, int principals, int depth, int[] left) {
    if (depth > MAX_DEPTH || left[0]-- == 0) {
      throw new DecodeException("a policy with too many rules");
    }
    if (in.has(1) == in.has(2)) {
      throw new DecodeException("a rule of no or of two kinds");
    }
    if (in.has(1)) {
      if (principals == 0) {
        throw new DecodeException("a rule without principal");
      }
      return new Rule.SignedBy(in.integer(1, principals - 1));
    }
    ProtoFields out = in.message(2);
    return new Rule.OutOf(
        out.integer(1, MAX_RULES),
        out.repeated(2, MAX_RULES).stream()
            .map(each -> rule(ProtoFields.parse(each), principals, depth + 1, left))
            .toList());
  }

  /** Whether {@code signers}, no one twice, meet the policy. */
  public boolean isMetBy(List<Identity> signers) {
    return met(rule, signers, new BitSet());
  }

  private boolean met(Rule node, List<Identity> signers, BitSet used) {
    return switch (node) {
      case Rule.SignedBy(int index) -> {
        Principal principal = principals.get(index);
        for (int i = 0; i < signers.size(); i++) {
          if (!used.get(i) && principal.includes(signers.get(i))) {
            used.set(i);
            yield true;
          }
        }
        yield false;
      }
      case Rule.OutOf(int n, List<Rule> rules) -> {
        int verified = 0;
        for (Rule each : rules) {
          BitSet trial = (BitSet) used.clone();
          if (met(each, signers, trial)) {
            verified++;
            used.clear();
            used.or(trial);
          }
        }
        yield verified >= n;
      }
    };
  }
}
