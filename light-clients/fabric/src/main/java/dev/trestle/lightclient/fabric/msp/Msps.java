package dev.trestle.lightclient.fabric.msp;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.x509.X509Certificate;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.fabric.FabricCode;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The membership service providers of a channel, by name.
 *
 * <p>Rejects with {@code malformed} (no certificate), {@code unknown-msp} and the codes of {@link
 * Msp}.
 *
 * <p>Fabric, "Membership Service Provider".
 */
public final class Msps {
  private final SortedMap<String, Msp> byName = new TreeMap<>();

  /**
   * @throws DecodeException if two have one name
   */
  public Msps(Collection<Msp> msps) {
    for (Msp each : msps) {
      if (byName.put(each.name(), each) != null) {
        throw new DecodeException("two MSPs named " + each.name());
      }
    }
  }

  /**
   * Validates a member.
   *
   * @param creator encoded {@link SerializedIdentity}
   * @param atSeconds Unix time at which its certificate is judged
   */
  public Verdict<Identity> identity(Bytes creator, long atSeconds, Budget budget) {
    SerializedIdentity identity;
    X509Certificate certificate;
    try {
      identity = SerializedIdentity.decode(creator);
      certificate = X509Certificate.decode(identity.certificate());
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    return byName.containsKey(identity.msp())
        ? byName.get(identity.msp()).identity(certificate, atSeconds, budget)
        : Verdict.reject(FabricCode.UNKNOWN_MSP, identity.msp());
  }
}
