package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code msp.FabricNodeOUs}: which organisational unit stands for which role. */
record NodeUnits(Map<Role, UnitIdentifier> units) {
  /** Field numbers of the roles' units. */
  private static final Map<Role, Integer> FIELDS =
      Map.of(Role.CLIENT, 2, Role.PEER, 3, Role.ADMIN, 4, Role.ORDERER, 5);

  NodeUnits {
    units = Map.copyOf(units);
  }

  /** Empty if they are not enabled. */
  static Optional<NodeUnits> decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    if (in.varint(1) == 0) {
      return Optional.empty();
    }
    TreeMap<Role, UnitIdentifier> units = new TreeMap<>();
    FIELDS.forEach(
        (role, field) -> {
          if (in.has(field)) {
            units.put(role, UnitIdentifier.decode(in.bytes(field)));
          }
        });
    return Optional.of(new NodeUnits(units));
  }

  /** As Fabric's tools name them, of any authority. */
  static NodeUnits usual() {
    TreeMap<Role, UnitIdentifier> units = new TreeMap<>();
    for (Role role : FIELDS.keySet()) {
      units.put(
          role,
          new UnitIdentifier(Optional.empty(), role.name().toLowerCase(java.util.Locale.ROOT)));
    }
    return new NodeUnits(units);
  }

  Set<Role> roles(List<X509Certificate> path) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    units.forEach(
        (role, unit) -> {
          if (unit.matches(path)) {
            roles.add(role);
          }
        });
    return roles;
  }
}
