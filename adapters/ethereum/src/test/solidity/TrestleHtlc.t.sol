// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {TestToken} from "./tokens/TestToken.sol";
import {
    CallbackToken, FalseToken, FeeToken, GasEatingToken, LyingToken, NoReturnToken, Receiver
} from "./BadTokens.sol";
import {Base} from "./Base.sol";

contract TrestleHtlcTest is Base {
    uint64 private constant NOW = 1_800_000_000;
    uint64 private constant EXPIRY = NOW + 3_600;
    address private constant CLAIMER = address(0xC1A1);
    address private constant REFUNDER = address(0x4EF0);
    bytes32 private constant SECRET = keccak256("secret");
    bytes32 private hash;
    TrestleHtlc private htlc;
    TestToken private token;

    event Locked(
        bytes32 indexed lockId,
        bytes32 indexed hash,
        address indexed claimer,
        address refunder,
        address token,
        uint256 amount,
        uint64 expiry
    );
    event Claimed(bytes32 indexed lockId, bytes32 indexed hash, bytes32 preimage);
    event Refunded(bytes32 indexed lockId, bytes32 indexed hash);
    event LockSkipped(bytes32 indexed lockId, uint256 index);
    event ClaimSkipped(bytes32 indexed lockId, uint256 index);

    receive() external payable {}

    function setUp() public {
        vm.warp(NOW);
        vm.deal(address(this), 100 ether);
        hash = sha256(abi.encodePacked(SECRET));
        htlc = new TrestleHtlc();
        token = new TestToken();
        token.mint(address(this), 1_000_000);
        token.approve(address(htlc), type(uint256).max);
    }

    function lockCoin() private returns (bytes32) {
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        return keccak256(abi.encode(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY));
    }

    function test_locksAndPaysTheClaimerWhoeverSends() public {
        bytes32 id = keccak256(abi.encode(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY));
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Locked(id, hash, CLAIMER, REFUNDER, address(0), 1 ether, EXPIRY);
        lockCoin();
        assertEq(htlc.status(id), 1);
        assertEq(uint256(vm.load(address(htlc), keccak256(abi.encode(id, uint256(0))))), 1);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Claimed(id, hash, SECRET);
        vm.prank(address(0xbad));
        htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        assertEq(CLAIMER.balance, 1 ether);
        assertEq(address(htlc).balance, 0);
        assertEq(htlc.status(id), 2);
    }

    function test_refundsWhoeverSends() public {
        bytes32 id = lockCoin();
        vm.warp(EXPIRY);
        vm.expectEmit(true, true, true, true, address(htlc));
        emit Refunded(id, hash);
        vm.prank(address(0xbad));
        htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        assertEq(REFUNDER.balance, 1 ether);
        assertEq(htlc.status(id), 3);
    }

    /// Up to the last second only the claim, from the expiry on only the refund.
    function testFuzz_exactlyOneSideOfTheExpiry(uint32 offset) public {
        lockCoin();
        uint256 time = uint256(NOW) + offset % 7_200;
        vm.warp(time);
        if (time < EXPIRY) {
            vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.NotExpired.selector, EXPIRY));
            htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
            htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        } else {
            vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.Expired.selector, EXPIRY));
            htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
            htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        }
        assertEq(address(htlc).balance, 0);
    }

    function test_boundaryIsTheSecondOfTheExpiry() public {
        lockCoin();
        vm.warp(EXPIRY - 1);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.NotExpired.selector, EXPIRY));
        htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.Expired.selector, EXPIRY));
        htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
    }

    function testFuzz_refusesWrongPreimages(bytes32 guess) public {
        vm.assume(guess != SECRET);
        lockCoin();
        vm.expectRevert();
        htlc.claim(guess, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        assertEq(address(htlc).balance, 1 ether);
    }

    function test_refusesOtherTerms() public {
        lockCoin();
        vm.expectRevert();
        htlc.claim(SECRET, address(0), 2 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert();
        htlc.claim(SECRET, address(0), 1 ether, address(this), REFUNDER, EXPIRY);
        vm.expectRevert();
        htlc.claim(SECRET, address(token), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert();
        htlc.refund(hash, address(0), 1 ether, CLAIMER, address(this), EXPIRY);
        vm.expectRevert();
        htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY - 1);
    }

    function test_aLockIdIsGoodOnce() public {
        bytes32 id = lockCoin();
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.NotLocked.selector, id));
        htlc.claim(SECRET, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.AlreadyUsed.selector, id));
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.NotLocked.selector, id));
        htlc.refund(hash, address(0), 1 ether, CLAIMER, REFUNDER, EXPIRY);
    }

    function expectBad(bytes memory reason, bytes32 h, address t, uint256 a, address c, address r, uint64 e) private {
        vm.expectRevert(reason);
        htlc.lock{value: t == address(0) ? a : 0}(h, t, a, c, r, e);
    }

    function test_refusesTermsThatCannotWork() public {
        bytes memory bad = abi.encodeWithSelector(TrestleHtlc.BadTerms.selector);
        expectBad(bad, 0, address(0), 1, CLAIMER, REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 0, CLAIMER, REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 1, address(0), REFUNDER, EXPIRY);
        expectBad(bad, hash, address(0), 1, CLAIMER, address(0), EXPIRY);
        expectBad(bad, hash, address(0), 1, address(htlc), REFUNDER, EXPIRY);
        expectBad(bad, hash, address(token), 1, CLAIMER, address(token), EXPIRY);
        expectBad(abi.encodeWithSelector(TrestleHtlc.BadExpiry.selector, NOW), hash, address(0), 1, CLAIMER, REFUNDER, NOW);
        uint64 far = NOW + 30 days + 1;
        expectBad(abi.encodeWithSelector(TrestleHtlc.BadExpiry.selector, far), hash, address(0), 1, CLAIMER, REFUNDER, far);
        uint64 never = type(uint64).max;
        expectBad(abi.encodeWithSelector(TrestleHtlc.BadExpiry.selector, never), hash, address(0), 1, CLAIMER, REFUNDER, never);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.WrongValue.selector, 1, 2));
        htlc.lock{value: 1}(hash, address(0), 2, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.WrongValue.selector, 1, 0));
        htlc.lock{value: 1}(hash, address(token), 1, CLAIMER, REFUNDER, EXPIRY);
        address phantom = address(0x70ce4);
        expectBad(abi.encodeWithSelector(TrestleHtlc.NoToken.selector, phantom), hash, phantom, 1, CLAIMER, REFUNDER, EXPIRY);
        (bool sent,) = address(htlc).call{value: 1}("");
        assertTrue(!sent, "coins without a lock");
    }

    function test_locksAndPaysTokens() public {
        htlc.lock(hash, address(token), 700, CLAIMER, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(address(htlc)), 700);
        htlc.claim(SECRET, address(token), 700, CLAIMER, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(CLAIMER), 700);
        htlc.lock(hash, address(token), 300, CLAIMER, REFUNDER, EXPIRY);
        vm.warp(EXPIRY);
        htlc.refund(hash, address(token), 300, CLAIMER, REFUNDER, EXPIRY);
        assertEq(token.balanceOf(REFUNDER), 300);
        assertEq(token.balanceOf(address(htlc)), 0);
    }

    function test_takesTokensThatReturnNothing() public {
        NoReturnToken usdt = new NoReturnToken();
        usdt.mint(address(this), 500);
        htlc.lock(hash, address(usdt), 500, CLAIMER, REFUNDER, EXPIRY);
        usdt.setBlocked(CLAIMER, true);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.TokenRefused.selector, address(usdt)));
        htlc.claim(SECRET, address(usdt), 500, CLAIMER, REFUNDER, EXPIRY);
        usdt.setBlocked(CLAIMER, false);
        htlc.claim(SECRET, address(usdt), 500, CLAIMER, REFUNDER, EXPIRY);
        assertEq(usdt.balanceOf(CLAIMER), 500);
    }

    function test_refusesTokensThatDoNotBringTheAmount() public {
        TestToken[3] memory bad = [TestToken(new FeeToken()), new FalseToken(), new LyingToken()];
        for (uint256 i = 0; i < 3; i++) {
            bad[i].mint(address(this), 1_000);
            bad[i].approve(address(htlc), 1_000);
        }
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.WrongAmountReceived.selector, 990, 1_000));
        htlc.lock(hash, address(bad[0]), 1_000, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.TokenRefused.selector, address(bad[1])));
        htlc.lock(hash, address(bad[1]), 1_000, CLAIMER, REFUNDER, EXPIRY);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.WrongAmountReceived.selector, 0, 1_000));
        htlc.lock(hash, address(bad[2]), 1_000, CLAIMER, REFUNDER, EXPIRY);
        token.approve(address(htlc), 5);
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.TokenRefused.selector, address(token)));
        htlc.lock(hash, address(token), 6, CLAIMER, REFUNDER, EXPIRY);
    }

    /// A token that calls back cannot count one deposit for two locks.
    function test_aTokenCannotReenter() public {
        CallbackToken evil = new CallbackToken();
        evil.mint(address(this), 1_000);
        evil.approve(address(htlc), 1_000);
        evil.setCall(abi.encodeCall(htlc.lock, (hash, address(evil), 400, CLAIMER, REFUNDER, EXPIRY)));
        htlc.lock(hash, address(evil), 500, CLAIMER, REFUNDER, EXPIRY);
        assertTrue(!evil.entered(), "entered");
        assertEq(evil.balanceOf(address(htlc)), 500);
    }

    function test_aReceiverCannotReenter() public {
        Receiver receiver = new Receiver();
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        htlc.lock{value: 2 ether}(hash, address(0), 2 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(
            Receiver.Mode.REENTER,
            htlc,
            abi.encodeCall(htlc.claim, (SECRET, address(0), 2 ether, address(receiver), REFUNDER, EXPIRY))
        );
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        assertTrue(!receiver.entered(), "entered");
        assertEq(address(receiver).balance, 1 ether);
    }

    function test_aReceiverThatRefusesCanStillTakeItLater() public {
        Receiver receiver = new Receiver();
        htlc.lock{value: 1 ether}(hash, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(Receiver.Mode.REFUSE, htlc, "");
        vm.expectRevert(abi.encodeWithSelector(TrestleHtlc.PaymentFailed.selector, address(receiver)));
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        receiver.set(Receiver.Mode.ACCEPT, htlc, "");
        htlc.claim(SECRET, address(0), 1 ether, address(receiver), REFUNDER, EXPIRY);
        assertEq(address(receiver).balance, 1 ether);
    }

    function item(bytes32 h, address t, uint256 amount, address to) private pure returns (TrestleHtlc.Terms memory) {
        return TrestleHtlc.Terms(h, t, amount, to, REFUNDER, EXPIRY);
    }

    function idOf(TrestleHtlc.Terms memory terms) private pure returns (bytes32) {
        return keccak256(
            abi.encode(terms.hash, terms.token, terms.amount, terms.claimer, terms.refunder, terms.expiry)
        );
    }

    function test_batchLockSkipsBadItemsAndReturnsTheRest() public {
        FeeToken fee = new FeeToken();
        fee.mint(address(this), 1_000);
        fee.approve(address(htlc), 1_000);
        GasEatingToken eater = new GasEatingToken();
        TrestleHtlc.Terms[] memory items = new TrestleHtlc.Terms[](8);
        items[0] = item(hash, address(0), 1 ether, CLAIMER);
        items[1] = item(hash, address(fee), 1_000, CLAIMER);
        items[2] = item(hash, address(eater), 1_000, CLAIMER);
        items[3] = items[0];
        items[4] = item(hash, address(token), 600, CLAIMER);
        items[5] = item(hash, address(0), 2 ether, address(0));
        items[6] = item(hash, address(0), 3 ether, address(0xC2));
        items[7] = item(hash, address(0), 9 ether, CLAIMER); // more than what is left
        uint256 before = address(this).balance;
        vm.expectEmit(true, true, true, true, address(htlc));
        emit LockSkipped(idOf(items[1]), 1);
        htlc.lockBatch{value: 7 ether}(items);
        assertEq(before - address(this).balance, 4 ether);
        assertEq(address(htlc).balance, 4 ether);
        assertEq(token.balanceOf(address(htlc)), 600);
        assertEq(fee.balanceOf(address(this)), 1_000);
        uint8[8] memory expected = [1, 0, 0, 1, 1, 0, 1, 0];
        for (uint256 i = 0; i < 8; i++) {
            assertEq(htlc.status(idOf(items[i])), expected[i]);
        }
    }

    function test_batchClaimSkipsBadItems() public {
        Receiver refusing = new Receiver();
        refusing.set(Receiver.Mode.REFUSE, htlc, "");
        Receiver bomb = new Receiver();
        bomb.set(Receiver.Mode.BOMB, htlc, "");
        TrestleHtlc.Terms[] memory items = new TrestleHtlc.Terms[](6);
        bytes32[] memory secrets = new bytes32[](6);
        items[0] = item(hash, address(0), 1 ether, CLAIMER);
        items[1] = item(hash, address(0), 1 ether, address(refusing));
        items[2] = item(hash, address(0), 1 ether, address(bomb));
        items[3] = item(hash, address(0), 2 ether, CLAIMER);
        items[4] = item(hash, address(token), 600, CLAIMER);
        items[5] = item(hash, address(0), 5 ether, CLAIMER); // never locked
        TrestleHtlc.Terms[] memory locked = new TrestleHtlc.Terms[](5);
        for (uint256 i = 0; i < 5; i++) {
            locked[i] = items[i];
        }
        htlc.lockBatch{value: 5 ether}(locked);
        for (uint256 i = 0; i < 6; i++) {
            secrets[i] = SECRET;
        }
        secrets[3] = keccak256("wrong");
        vm.prank(address(0xbad));
        htlc.claimBatch(secrets, items);
        assertEq(CLAIMER.balance, 1 ether);
        assertEq(token.balanceOf(CLAIMER), 600);
        uint8[6] memory expected = [2, 1, 2, 1, 2, 0];
        for (uint256 i = 0; i < 6; i++) {
            assertEq(htlc.status(idOf(items[i])), expected[i]);
        }
        assertEq(address(htlc).balance, 3 ether);
    }

    /// Whoever sends the batch cannot make an item fail by giving too little gas: then nothing happens at all.
    function testFuzz_gasCannotSkipAnItem(uint32 gasGiven) public {
        TrestleHtlc.Terms[] memory items = new TrestleHtlc.Terms[](2);
        items[0] = item(hash, address(0), 1 ether, CLAIMER);
        items[1] = item(hash, address(token), 600, CLAIMER);
        htlc.lockBatch{value: 1 ether}(items);
        bytes32[] memory secrets = new bytes32[](2);
        secrets[0] = SECRET;
        secrets[1] = SECRET;
        (bool done,) = address(htlc).call{gas: bound(gasGiven, 20_000, 600_000)}(
            abi.encodeCall(htlc.claimBatch, (secrets, items))
        );
        assertEq(htlc.status(idOf(items[0])), done ? 2 : 1);
        assertEq(htlc.status(idOf(items[1])), done ? 2 : 1);
    }

    function test_itemsAreForTheContractItself() public {
        TrestleHtlc.Terms memory terms = item(hash, address(token), 600, CLAIMER);
        vm.expectRevert(TrestleHtlc.OnlySelf.selector);
        htlc.lockItem(terms, address(this));
        vm.expectRevert(TrestleHtlc.OnlySelf.selector);
        htlc.claimItem(SECRET, terms);
        TrestleHtlc.Terms[] memory none = new TrestleHtlc.Terms[](0);
        vm.expectRevert(TrestleHtlc.BadBatch.selector);
        htlc.lockBatch(none);
        vm.expectRevert(TrestleHtlc.BadBatch.selector);
        htlc.claimBatch(new bytes32[](1), none);
        TrestleHtlc.Terms[] memory many = new TrestleHtlc.Terms[](201);
        vm.expectRevert(TrestleHtlc.BadBatch.selector);
        htlc.lockBatch(many);
    }
}
