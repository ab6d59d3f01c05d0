// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RelayLightClient} from "../../main/solidity/RelayLightClient.sol";
import {TrestleBridge} from "../../main/solidity/TrestleBridge.sol";
import {BridgeFixture} from "./BridgeFixture.sol";

/// @dev History, outbox and state under one certificate; vectors that the relay chain's own code made.
contract RelayProofsTest is BridgeFixture {
    /// of ReceiptBundleTest in relay-chain/verifier: golden/receipts-v1.txt
    bytes32 private constant STATE_ROOT = 0xc90fd50cefdc5d08c3713110c301aabbafa3e7f9c924906bbb9820573a6de00e;

    bytes32[] private ids;
    bytes[] private headers;

    function setUp() public {
        prepare();
    }

    /// @dev Adds a block of the era of `by` whose history root is over all blocks before it.
    function mine(uint256[] memory by, uint64 epoch, bytes32 outboxRoot) private returns (bytes memory header) {
        bytes32 history = ids.length == 0 ? keccak256(abi.encodePacked(uint8(2), uint64(0), bytes32(0))) : rootOf(ids);
        address[] memory set = addresses(by);
        Head memory head = Head(uint64(ids.length + 1), epoch, setHash(set), setHash(set), outboxRoot);
        header = encode(head, STATE_ROOT, history);
        ids.push(keccak256(header));
        headers.push(header);
    }

    function before(uint256 height) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](height - 1);
        for (uint256 i = 0; i < leaves.length; i++) {
            leaves[i] = ids[i];
        }
    }

    function none() private pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }

    function test_oneCertificateShowsEveryOlderBlock() public {
        for (uint256 i = 0; i < 13; i++) {
            mine(validatorKeys, 0, keccak256(abi.encode("outbox", i)));
        }
        for (uint64 newer = 2; newer <= 13; newer++) {
            bytes memory certificate = certify(headers[newer - 1], newer, validatorKeys, 0xd);
            for (uint64 height = 1; height < newer; height++) {
                bytes32[] memory path = pathOf(before(newer), height - 1);
                RelayLightClient.RelayBlock memory got =
                    client.verifyOlder(headers[newer - 1], certificate, validators, headers[height - 1], path);
                assertEq(got.id, ids[height - 1]);
                assertEq(got.height, height);
                assertEq(got.outboxRoot, keccak256(abi.encode("outbox", uint256(height - 1))));
            }
        }
    }

    function refuses(bytes memory newer, uint64 height, bytes memory older, bytes32[] memory path, uint64 claimed)
        private
    {
        bytes memory certificate = certify(newer, height, validatorKeys, 0x7);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.NotInHistory.selector, claimed));
        client.verifyOlder(newer, certificate, validators, older, path);
    }

    function test_refusesWhatIsNotInTheHistory() public {
        for (uint256 i = 0; i < 9; i++) {
            mine(validatorKeys, 0, keccak256("outbox"));
        }
        bytes32[] memory path = pathOf(before(9), 3);
        bytes memory other =
            encode(Head(4, 0, setHash(validators), setHash(validators), keccak256("another outbox")));
        refuses(headers[8], 9, other, path, 4);
        // the same block in another place, itself, a later one, one of height zero
        refuses(headers[8], 9, headers[4], path, 5);
        refuses(headers[8], 9, headers[8], none(), 9);
        refuses(headers[7], 8, headers[8], path, 9);
        refuses(headers[8], 9, encode(Head(0, 0, setHash(validators), setHash(validators), 0)), none(), 0);
        bytes32[] memory longer = new bytes32[](path.length + 1);
        bytes32[] memory shorter = new bytes32[](path.length - 1);
        for (uint256 i = 0; i < path.length; i++) {
            longer[i] = path[i];
            if (i > 0) shorter[i - 1] = path[i];
            bytes32[] memory changed = pathOf(before(9), 3);
            changed[i] = changed[i] ^ bytes32(uint256(1));
            refuses(headers[8], 9, headers[3], changed, 4);
        }
        refuses(headers[8], 9, headers[3], longer, 4);
        refuses(headers[8], 9, headers[3], shorter, 4);
        refuses(headers[8], 9, headers[3], none(), 4);
    }

    function test_refusesHistoryOfABlockThatIsNotCertified() public {
        for (uint256 i = 0; i < 4; i++) {
            mine(validatorKeys, 0, keccak256("outbox"));
        }
        bytes memory certificate = certify(headers[3], 4, validatorKeys, 0x5);
        bytes32[] memory path = pathOf(before(4), 1);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.QuorumTooLow.selector, 2, 4));
        client.verifyOlder(headers[3], certificate, validators, headers[1], path);
    }

    /// Validators whose era is over and has expired here, and a packet that they emitted.
    function test_aPacketOfAnExpiredEraArrives() public {
        TrestleBridge.PacketFields memory packet = packetOf(1, transferOf(BTC, 5_000, address(0xbeef)));
        packet.timeout = type(uint64).max;
        mine(validatorKeys, 0, keccak256("outbox"));
        mine(validatorKeys, 0, rootOf(oneLeaf(idOf(packet))));
        uint256[] memory nextKeys = keys(7, 5);
        address[] memory next = addresses(nextKeys);
        bytes memory last = encode(Head(3, 0, setHash(validators), setHash(next), 0), 0, rootOf(ids));
        ids.push(keccak256(last));
        headers.push(last);
        client.updateValidators(last, certify(last, 3, validatorKeys, 0x7), validators, next);
        for (uint256 i = 0; i < 5; i++) {
            mine(nextKeys, 1, keccak256("outbox"));
        }
        vm.warp(block.timestamp + 30 days);
        bytes memory direct = certify(headers[1], 2, validatorKeys, 0xf);
        vm.expectRevert(abi.encodeWithSelector(RelayLightClient.EraExpired.selector, 0));
        bridge.receivePacket(headers[1], direct, validators, packet, 0, 1, none());

        TrestleBridge.PastPacket memory past = TrestleBridge.PastPacket(
            headers[7], certify(headers[7], 8, nextKeys, 0x3e), next, headers[1], pathOf(before(8), 1), 0, 1, none()
        );
        past.leafCount = 2;
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.NotInOutbox.selector, idOf(packet)));
        bridge.receivePastPacket(past, packet);
        past.leafCount = 1;
        bridge.receivePastPacket(past, packet);
        assertEq(token(BTC).balanceOf(address(0xbeef)), 5_000);
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.AlreadyExecuted.selector, idOf(packet)));
        bridge.receivePastPacket(past, packet);
    }

    function test_aPastPacketIsHeldToTheSameRules() public {
        TrestleBridge.PacketFields memory packet = packetOf(1, transferOf(BTC, 5_000, address(0xbeef)));
        mine(validatorKeys, 0, rootOf(oneLeaf(idOf(packet))));
        mine(validatorKeys, 0, keccak256("outbox"));
        TrestleBridge.PastPacket memory past = TrestleBridge.PastPacket(
            headers[1], certify(headers[1], 2, validatorKeys, 0x7), validators, headers[0], none(), 0, 1, none()
        );
        packet.policyHash = keccak256("weaker");
        vm.expectRevert(abi.encodeWithSelector(TrestleBridge.WrongPolicy.selector, keccak256("weaker")));
        bridge.receivePastPacket(past, packet);
        packet.policyHash = POLICY;
        vm.warp(TIMEOUT);
        vm.expectRevert(TrestleBridge.PacketExpired.selector);
        bridge.receivePastPacket(past, packet);
        vm.warp(TIMEOUT - 1);
        bridge.receivePastPacket(past, packet);
    }

    function outboxPath() private pure returns (bytes32[] memory path) {
        path = new bytes32[](3);
        path[0] = 0x1584637f7bed5783864db99a257df4f8d14cc661537016f2022f43c0df9f5fe4;
        path[1] = 0xbe2a8e37a22c41ba5f2112ba96007397b64cd2357b4b6d70fd65bb9896108f04;
        path[2] = 0xe52daefcf76d9f1bdf4547a2ffd863b2f4a28978f15a458077f7a094178e886b;
    }

    function test_outboxVectorOfTheRelayChain() public view {
        bytes32 root = 0x3cc9d06ce59e0effa2d247ce4c83e2676d018fe2dd72e3f44561390caf67d08b;
        bytes32 packet = 0xa790154d8499d809d3b85f48d584fcc844638b52daa055ed1d5e20af2ef96405;
        assertTrue(client.emitted(root, packet, 2, 5, outboxPath()), "the packet");
        assertTrue(!client.emitted(root, packet, 3, 5, outboxPath()), "another place");
        assertTrue(!client.emitted(root, packet, 2, 6, outboxPath()), "another count");
        assertTrue(!client.emitted(root, root, 2, 5, outboxPath()), "another packet");
    }

    function presence() private pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](5);
        siblings[0] = 0x4a69e7985219db6ceeb34cd2b4b44242aac565b4bcaef621ec4113c1995a4f01;
        siblings[1] = 0x2923c33984d72be458704c1d3c8d78e5a4be85a2888789a294b3522872d2c50a;
        siblings[2] = 0x74a979ce07f67d27d56a20a10187b651f1e063ecbe2de770c4257d88d79ab1eb;
        siblings[3] = 0xab5a7d4f3e381f949ebbfed7207c33984228a620b69ee7a9257ca6a4a7445465;
        siblings[4] = 0x19a57e5d7b805be9174b1b70f5563da37b42657a27e2f3b1054c1c3100a96403;
    }

    function absence() private pure returns (bytes32[] memory siblings, bytes32[] memory other) {
        siblings = new bytes32[](4);
        siblings[0] = 0xb701b0a9d0b41db342d79867959635e203a5f114e1dd8e5974d5e2355957a9a5;
        siblings[1] = 0x9fc9bffee1f45fea913a8c4d6ad75460c824d5ae9c91956f5b9e3621471ab26d;
        siblings[2] = 0x6791331804ad531cc5342052cc0f57edd1679904905548bdac673751c4057ad5;
        siblings[3] = 0x1c9c9749214cf5207d3c4949ac5b3e744aa63e920201a809cc58756e1fba30de;
        other = new bytes32[](2);
        other[0] = 0xe5449662910de88953d166aaffe76af78ccedcfef62f84eda2e85bdb86978dce;
        other[1] = 0x44d31d736f124254fed4e8b591e22e601de8292ec06bcfe407f1c653ccce6bf1;
    }

    function test_stateVectorsOfTheRelayChain() public view {
        assertTrue(client.stateHolds(STATE_ROOT, "key 7", "value 7", presence()), "there");
        assertTrue(!client.stateHolds(STATE_ROOT, "key 7", "value 8", presence()), "another value");
        assertTrue(!client.stateHolds(STATE_ROOT, "key 8", "value 7", presence()), "another key");
        assertTrue(!client.stateHolds(0, "key 7", "value 7", presence()), "no root");
        (bytes32[] memory siblings, bytes32[] memory other) = absence();
        assertTrue(client.stateLacks(STATE_ROOT, "key 41", siblings, other), "absent");
        assertTrue(!client.stateLacks(STATE_ROOT, "key 41", siblings, none()), "the slot is not empty");
        assertTrue(!client.stateLacks(STATE_ROOT, "key 7", presence(), none()), "present is not absent");
        bytes32[] memory itself = new bytes32[](2);
        itself[0] = keccak256("key 7");
        itself[1] = keccak256("value 7");
        assertTrue(!client.stateLacks(STATE_ROOT, "key 7", presence(), itself), "its own leaf");
        // a true leaf of another slot, with its true siblings
        for (uint256 i = 0; i < 200; i++) {
            bytes memory key = abi.encodePacked("another key ", i);
            bool sameSlot = uint256(keccak256(key) ^ itself[0]) >> 251 == 0;
            assertTrue(client.stateLacks(STATE_ROOT, key, presence(), itself) == sameSlot, "relabelled");
        }
    }

    function testFuzz_noSiblingCanBeChanged(uint8 which, uint8 bit) public view {
        bytes32[] memory siblings = presence();
        siblings[which % 5] ^= bytes32(uint256(1) << bit);
        assertTrue(!client.stateHolds(STATE_ROOT, "key 7", "value 7", siblings), "changed");
        (bytes32[] memory path, bytes32[] memory other) = absence();
        path[which % 4] ^= bytes32(uint256(1) << bit);
        assertTrue(!client.stateLacks(STATE_ROOT, "key 41", path, other), "changed");
    }

    function test_proofsOfTooManySiblingsAreRefused() public view {
        assertTrue(!client.stateHolds(STATE_ROOT, "key 7", "value 7", new bytes32[](257)), "too long");
        assertTrue(!client.stateLacks(STATE_ROOT, "key 7", new bytes32[](257), none()), "too long");
        assertTrue(!client.stateHolds(STATE_ROOT, "key 7", "value 7", none()), "no sibling");
    }
}
