package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.fabric.msp.Principal;
import dev.trestle.lightclient.fabric.msp.Role;
import dev.trestle.lightclient.fabric.policy.SignaturePolicy;
import dev.trestle.lightclient.fabric.policy.SignaturePolicy.Rule;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Policies as {@code {n, of}} over {@code MSP.role} and further policies. */
final class JsonPolicy {
  private final List<Principal> principals = new ArrayList<>();

  private JsonPolicy() {}

  static SignaturePolicy read(JsonNode node) {
    JsonPolicy policy = new JsonPolicy();
    Rule rule = policy.rule(node, 0);
    return new SignaturePolicy(rule, policy.principals);
  }

  private Rule rule(JsonNode node, int depth) {
    if (depth > SignaturePolicy.MAX_DEPTH) {
      throw new DecodeException("a policy that is nested too deeply");
    }
    if (node.isString()) {
      principals.add(principal(node.asString()));
      return new Rule.SignedBy(principals.size() - 1);
    }
    long n = VectorJson.number(node, "n");
    List<Rule> rules = new ArrayList<>();
    for (JsonNode each : VectorJson.list(node, "of")) {
      rules.add(rule(each, depth + 1));
    }
    return new Rule.OutOf((int) Math.min(n, SignaturePolicy.MAX_RULES), rules);
  }

  private static Principal principal(String text) {
    int dot = text.lastIndexOf('.');
    for (Role role : Role.values()) {
      if (dot > 0 && role.name().toLowerCase(Locale.ROOT).equals(text.substring(dot + 1))) {
        return new Principal.InRole(text.substring(0, dot), role);
      }
    }
    throw new DecodeException("not a principal: " + text);
  }
}
