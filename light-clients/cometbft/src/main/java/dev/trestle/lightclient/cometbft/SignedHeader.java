package dev.trestle.lightclient.cometbft;

import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;

/** A header and the commit that is said to be for it. */
public record SignedHeader(Header header, Commit commit) {
  static SignedHeader read(ProtoReader in) {
    return new SignedHeader(in.required(1, Header::read), in.required(2, Commit::read));
  }

  void write(ProtoWriter out) {
    out.message(1, header::write).message(2, commit::write);
  }
}
