package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code common.ConfigGroup}: a node of a channel's configuration. Versions and mod policies, by
 * which orderers judge a change, are not kept.
 *
 * @param groups encoded, by name
 * @param values contents of {@code ConfigValue}, by name
 * @param policies encoded {@code common.Policy}, by name
 */
public record ConfigGroup(
    SortedMap<String, Bytes> groups,
    SortedMap<String, Bytes> values,
    SortedMap<String, Bytes> policies) {
  private static final int MAX_ENTRIES = 512;

  public ConfigGroup {
    groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    policies = Collections.unmodifiableSortedMap(new TreeMap<>(policies));
  }

  /**
   * @throws DecodeException if it is malformed, over a limit, or has two entries of one name
   */
  public static ConfigGroup decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    TreeMap<String, Bytes> values = entries(in, 3);
    TreeMap<String, Bytes> policies = entries(in, 4);
    values.replaceAll((name, value) -> ProtoFields.parse(value).bytes(2));
    policies.replaceAll((name, policy) -> ProtoFields.parse(policy).bytes(2));
    return new ConfigGroup(entries(in, 2), values, policies);
  }

  private static TreeMap<String, Bytes> entries(ProtoFields in, int field) {
    TreeMap<String, Bytes> entries = new TreeMap<>();
    for (Bytes each : in.repeated(field, MAX_ENTRIES)) {
      ProtoFields entry = ProtoFields.parse(each);
      if (entries.put(entry.text(1), entry.bytes(2)) != null) {
        throw new DecodeException("two entries named " + entry.text(1));
      }
    }
    return entries;
  }

  /** Empty if there is no such group. */
  public Optional<ConfigGroup> group(String name) {
    return Optional.ofNullable(groups.get(name)).map(ConfigGroup::decode);
  }

  /** All groups, by name. */
  public List<ConfigGroup> children() {
    return groups.values().stream().map(ConfigGroup::decode).toList();
  }

  public Optional<Bytes> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public Optional<Bytes> policy(String name) {
    return Optional.ofNullable(policies.get(name));
  }
}
