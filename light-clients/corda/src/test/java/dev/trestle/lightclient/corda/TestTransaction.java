package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A whole transaction, as its participants have it. */
record TestTransaction(Bytes salt, SortedMap<Integer, List<Bytes>> components) {
  static TestTransaction of(
      String name, Bytes party, Bytes parameters, List<Bytes> inputs, int outputs) {
    TreeMap<Integer, List<Bytes>> groups = new TreeMap<>();
    if (!inputs.isEmpty()) {
      groups.put(ComponentGroup.INPUTS.number(), inputs);
    }
    List<Bytes> states = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      states.add(Bytes.utf8("corda: state " + i + " of " + name));
    }
    groups.put(ComponentGroup.OUTPUTS.number(), states);
    groups.put(ComponentGroup.COMMANDS.number(), List.of(Bytes.utf8("corda: move " + name)));
    groups.put(ComponentGroup.NOTARY.number(), List.of(party));
    groups.put(ComponentGroup.SIGNERS.number(), List.of(Bytes.utf8("corda: signer")));
    groups.put(ComponentGroup.PARAMETERS.number(), List.of(parameters));
    return new TestTransaction(Digests.sha256(Bytes.utf8("salt " + name)).bytes(), groups);
  }

  TestTransaction with(int group, List<Bytes> parts) {
    TreeMap<Integer, List<Bytes>> next = new TreeMap<>(components);
    next.put(group, parts);
    return new TestTransaction(salt, next);
  }

  /** A reference to a state that another transaction made. */
  static Bytes reference(String made, int index) {
    return Bytes.concat(
        Bytes.utf8("corda: StateRef "),
        Digests.sha256(Bytes.utf8(made)).bytes(),
        Bytes.fromHex("540" + index));
  }

  /** Components of a group; none if there is no such group. */
  List<Bytes> of(int group) {
    return components.getOrDefault(group, List.of());
  }

  Hash32 nonce(int group, int index) {
    return CordaTree.nonce(salt, group, index, of(group).get(index));
  }

  List<Hash32> leaves(int group) {
    List<Hash32> leaves = new ArrayList<>();
    for (int i = 0; i < of(group).size(); i++) {
      leaves.add(CordaTree.leaf(nonce(group, i), of(group).get(i)));
    }
    return leaves;
  }

  List<Hash32> roots() {
    List<Hash32> roots = new ArrayList<>();
    for (int group = 0; group <= components.lastKey(); group++) {
      roots.add(components.containsKey(group) ? CordaTree.root(leaves(group)) : CordaTree.ABSENT);
    }
    return roots;
  }

  Hash32 id() {
    return CordaTree.root(roots());
  }

  NotarisedTransaction notarised(List<NotarySignature> signatures) {
    int group = ComponentGroup.INPUTS.number();
    List<NotarisedTransaction.Input> inputs = new ArrayList<>();
    for (int i = 0; i < of(group).size(); i++) {
      inputs.add(new NotarisedTransaction.Input(nonce(group, i), of(group).get(i)));
    }
    return new NotarisedTransaction(
        new GroupHashes(roots()),
        nonce(ComponentGroup.NOTARY.number(), 0),
        nonce(ComponentGroup.PARAMETERS.number(), 0),
        inputs,
        signatures);
  }

  ComponentProof proof(int group, int index) {
    return new ComponentProof(new GroupHashes(roots()), leaves(group), nonce(group, index));
  }

  Claim claim(ComponentGroup group, int index) {
    return new Claim(
        new ComponentPath(id(), group.number(), index).encode(),
        of(group.number()).get(index),
        proof(group.number(), index).encode());
  }
}
