package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.fabric.policy.SignedData;
import dev.trestle.lightclient.fabric.protos.BlockHeader;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import dev.trestle.lightclient.fabric.protos.SignatureHeader;
import java.util.List;
import java.util.SortedMap;

/** What orderers sign ({@code protoutil.BlockSignatureVerifier}). */
public final class BlockSigning {
  private BlockSigning() {}

  /**
   * The metadata's value, the header of the signature, and the header of the block in ASN.1. A
   * consenter of BFT may be named by its number only.
   *
   * @param consenters by number; empty where consensus is not BFT
   * @throws DecodeException if a signature names nobody, or a consenter that does not exist
   */
  public static List<SignedData> signedData(
      BlockHeader header,
      BlockSignatures signatures,
      SortedMap<Long, SerializedIdentity> consenters) {
    Bytes block = header.asn1();
    return signatures.signatures().stream()
        .map(each -> signedData(block, signatures.value(), each, consenters))
        .toList();
  }

  private static SignedData signedData(
      Bytes block,
      Bytes value,
      BlockSignatures.Signature signature,
      SortedMap<Long, SerializedIdentity> consenters) {
    boolean byNumber = signature.signatureHeader().isEmpty();
    if (byNumber != !signature.identifierHeader().isEmpty()) {
      throw new DecodeException("a signature with no or with two headers");
    }
    if (!byNumber) {
      return new SignedData(
          Bytes.concat(value, signature.signatureHeader(), block),
          SignatureHeader.decode(signature.signatureHeader()).creator(),
          signature.signature());
    }
    if (!consenters.containsKey(signature.identifier())) {
      throw new DecodeException("consenter " + signature.identifier());
    }
    return new SignedData(
        Bytes.concat(value, signature.identifierHeader(), block),
        consenters.get(signature.identifier()).encode(),
        signature.signature());
  }
}
