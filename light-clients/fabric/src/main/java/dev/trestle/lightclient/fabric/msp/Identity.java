package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.x509.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * A member whose certificate was validated.
 *
 * @param roles all that apply, {@link Role#MEMBER} always
 * @param path from its certificate to the root
 */
public record Identity(
    String msp, X509Certificate certificate, Set<Role> roles, List<X509Certificate> path) {
  public Identity {
    roles = Set.copyOf(roles);
    path = List.copyOf(path);
  }

  /** Tells signers apart by their key: two certificates of one key are one signer. */
  public Hash32 signer() {
    return Digests.sha256(certificate.key().encoded());
  }
}
