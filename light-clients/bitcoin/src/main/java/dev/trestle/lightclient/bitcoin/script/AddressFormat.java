package dev.trestle.lightclient.bitcoin.script;

/**
 * How a network writes addresses. The old P2SH version bytes of Litecoin are left out: they are
 * also Bitcoin's, and a payment must not depend on a guess.
 *
 * @param hrp human-readable part of bech32 addresses
 * @param pubKeyHashVersion Base58Check version byte of P2PKH
 * @param scriptHashVersion Base58Check version byte of P2SH
 */
public record AddressFormat(String hrp, int pubKeyHashVersion, int scriptHashVersion) {}
