package dev.trestle.lightclient;

import dev.trestle.base.Verdict;

/**
 * What every family asks of a recovery before it looks at the chains.
 *
 * <p>After ICS-02, "Recover client".
 */
public final class RecoveryRules {
  private RecoveryRules() {}

  /**
   * Rejects a subject that may still verify ({@link RejectionCode#CLIENT_ACTIVE}), a frozen
   * substitute ({@link RejectionCode#CLIENT_FROZEN}) and an expired one ({@link
   * RejectionCode#CLIENT_EXPIRED}). The accepted value is the substitute.
   */
  public static Verdict<ClientView> check(
      LightClient client, ClientView subject, ClientView substitute, long nowSeconds) {
    return switch (client.status(substitute, nowSeconds)) {
      case FROZEN -> Verdict.reject(RejectionCode.CLIENT_FROZEN, "the substitute is frozen");
      case EXPIRED -> Verdict.reject(RejectionCode.CLIENT_EXPIRED, "the substitute is expired");
      case ACTIVE, EXPIRING ->
          client.status(subject, nowSeconds).mayVerify()
              ? Verdict.reject(RejectionCode.CLIENT_ACTIVE, "only a stopped client is recovered")
              : Verdict.accept(substitute);
    };
  }
}
