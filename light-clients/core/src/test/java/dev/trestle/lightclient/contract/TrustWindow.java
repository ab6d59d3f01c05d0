package dev.trestle.lightclient.contract;

/**
 * When trust in the state before the scenario's last update runs out.
 *
 * @param lastGoodSeconds last time at which the client works
 * @param firstExpiredSeconds first time at which it does not
 */
public record TrustWindow(long lastGoodSeconds, long firstExpiredSeconds) {}
