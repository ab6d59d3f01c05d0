package dev.trestle.relay.ledger;

import dev.trestle.lightclient.LightClientFamily;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The light-client families that this node has, by type. All nodes must have the same. */
public final class Families {
  private final TreeMap<String, LightClientFamily> byType = new TreeMap<>();

  private Families(Iterable<LightClientFamily> families) {
    for (LightClientFamily family : families) {
      if (byType.putIfAbsent(family.type(), family) != null) {
        throw new IllegalArgumentException("two light-client families of type " + family.type());
      }
    }
  }

  /** All families on the class path. */
  public static Families load() {
    return new Families(ServiceLoader.load(LightClientFamily.class));
  }

  public static Families of(Iterable<LightClientFamily> families) {
    return new Families(families);
  }

  public Optional<LightClientFamily> get(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  public SortedSet<String> types() {
    return new TreeSet<>(byType.keySet());
  }
}
