package dev.trestle.lightclient.packet;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;

/**
 * Value of a {@code trestle/transfer} payload: 128 bytes, the same as {@code abi.encode}.
 *
 * @param assetId {@link #assetId(AssetId)} of the asset where it is at home
 * @param amount smallest units
 * @param recipient 32 bytes; an EVM address is left-padded with zeros
 */
public record TransferPayload(Hash32 assetId, Amount amount, Hash32 recipient, Hash32 transferId) {
  public static final String ENCODING = "trestle/transfer";
  public static final String VERSION = "1";

  public static Hash32 assetId(AssetId asset) {
    return Digests.sha256(Bytes.utf8(asset.toString()));
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .hash(assetId)
        .amount(amount)
        .hash(recipient)
        .hash(transferId)
        .toBytes();
  }

  public static TransferPayload decode(Bytes value) {
    return CanonicalReader.decode(
        value, in -> new TransferPayload(in.hash(), in.amount(), in.hash(), in.hash()));
  }
}
