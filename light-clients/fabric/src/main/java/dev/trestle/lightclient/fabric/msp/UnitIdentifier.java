package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.fabric.protos.ProtoFields;
import java.util.List;
import java.util.Optional;

/**
 * {@code msp.FabricOUIdentifier}.
 *
 * @param certifier the authority that must stand on the way to the root; empty for any
 */
record UnitIdentifier(Optional<X509Certificate> certifier, String unit) {
  static UnitIdentifier decode(Bytes encoded) {
    ProtoFields in = ProtoFields.parse(encoded);
    Bytes certifier = in.bytes(1);
    return new UnitIdentifier(
        certifier.isEmpty() ? Optional.empty() : Optional.of(X509Certificate.decode(certifier)),
        in.text(2));
  }

  boolean matches(List<X509Certificate> path) {
    return !unit.isEmpty()
        && path.getFirst().organizationalUnits().contains(unit)
        && certifier.map(path::contains).orElse(true);
  }
}
