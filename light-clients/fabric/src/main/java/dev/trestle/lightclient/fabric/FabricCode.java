package dev.trestle.lightclient.fabric;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why something of Fabric is refused, where no common code says it. Stable: part of the API.
 * Certificates have their own codes in {@code dev.trestle.crypto.x509.CertificateCode}.
 */
public enum FabricCode implements ReasonCode {
  /** The header's data hash is not that of the data ({@code protoutil.BlockDataHash}). */
  DATA_HASH,
  /** The block's policy is not met by those who signed it (Fabric, "Orderer, block validation"). */
  BLOCK_POLICY,
  /** The chaincode's endorsement policy is not met (Fabric, "Endorsement policies"). */
  ENDORSEMENT_POLICY,
  /** Too few peers say that the transaction is valid. */
  VALIDITY_POLICY,
  /** The transaction's identifier is not the hash of its nonce and creator. */
  TRANSACTION_ID,
  /** The response is to another proposal. */
  PROPOSAL_HASH,
  /** Another channel. */
  WRONG_CHANNEL,
  /** Another chaincode. */
  WRONG_CHAINCODE,
  /** Not an endorser transaction with one action. */
  TRANSACTION_TYPE,
  /** The chaincode's response is not a success. */
  RESPONSE_STATUS,
  /** The committing peers marked the transaction invalid, or not every one has a mark. */
  VALIDATION_CODE,
  /** A member of no known MSP. */
  UNKNOWN_MSP,
  /** Not exactly one of client, peer, admin and orderer (MSP, "Node OUs"). */
  NODE_OU,
  /** Signed under a configuration other than the one in force. */
  CONFIG_INDEX,
  /** Not the configuration that follows. */
  CONFIG_SEQUENCE,
  /** The change of the configuration is not what its policies allow (Fabric, "Config updates"). */
  CONFIG_UPDATE,
  /** A policy that nobody or everybody could meet, or that we do not know. */
  POLICY_FORM;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
