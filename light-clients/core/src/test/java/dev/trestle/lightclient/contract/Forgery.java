package dev.trestle.lightclient.contract;

import dev.trestle.base.ReasonCode;

/**
 * An input that must be refused. An update is judged against the state before the scenario's last
 * update, everything else against the state after it.
 *
 * @param name for the report
 * @param code with which it must be refused
 */
public record Forgery(Attack attack, String name, Input input, ReasonCode code) {}
