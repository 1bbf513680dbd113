using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Products, orders and payments. Read only.</summary>
internal static class CommerceMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.ProductMessage is { Product: { } product } card)
            return Product(card, product, message);
        if (message.OrderMessage is { } order)
            return Order(order, message);

        return Payment(message);
    }

    private static ProductContent Product(ProductMessage card, ProductMessage.Types.ProductSnapshot product, Message message) =>
        new(product.ProductId, product.Title.OrNull(), message.ToByteArray())
        {
            Description = product.Description.OrNull(),
            Price = Amount(product.PriceAmount1000, product.CurrencyCode),
            RetailerId = product.RetailerId.OrNull(),
            Url = product.Url.OrNull(),
            Seller = card.BusinessOwnerJid.ToJid(),
            Body = card.Body.OrNull(),
            Image = MediaMapping.Image(product.ProductImage),
            Context = ContextMapping.Read(card.ContextInfo),
        };

    private static OrderContent Order(OrderMessage order, Message message) =>
        new(order.OrderId, message.ToByteArray())
        {
            Title = order.OrderTitle.OrNull(),
            Body = order.Message.OrNull(),
            ItemCount = order.ItemCount,
            Total = Amount(order.TotalAmount1000, order.TotalCurrencyCode),
            Seller = order.SellerJid.ToJid(),
            Token = order.Token.OrNull(),
            Context = ContextMapping.Read(order.ContextInfo),
        };

    private static PaymentContent? Payment(Message message)
    {
        if (message.SendPaymentMessage is { } sent)
            return new(PaymentKind.Sent, message.ToByteArray()) { Note = Note(sent.NoteMessage), Request = sent.RequestMessageKey.ToTarget() };
        if (message.RequestPaymentMessage is { } requested)
            return Requested(requested, message);
        if (message.DeclinePaymentRequestMessage is { } declined)
            return new(PaymentKind.Declined, message.ToByteArray()) { Request = declined.Key.ToTarget() };
        if (message.CancelPaymentRequestMessage is { } canceled)
            return new(PaymentKind.Canceled, message.ToByteArray()) { Request = canceled.Key.ToTarget() };
        if (message.InvoiceMessage is { } invoice)
            return new(PaymentKind.Invoice, message.ToByteArray()) { Note = invoice.Note.OrNull() };
        if (message.PaymentInviteMessage is { } invite)
            return new(PaymentKind.Invitation, message.ToByteArray()) { ExpiresAt = UnixTime.FromSeconds(invite.ExpiryTimestamp) };

        return null;
    }

    private static PaymentContent Requested(RequestPaymentMessage requested, Message message) =>
        new(PaymentKind.Requested, message.ToByteArray())
        {
            Amount = Amount((long)Math.Min(requested.Amount1000, long.MaxValue), requested.CurrencyCodeIso4217),
            Note = Note(requested.NoteMessage),
            ExpiresAt = UnixTime.FromSeconds(requested.ExpiryTimestamp),
        };

    private static string? Note(Message? note) => note is not null && TextMapping.Read(note) is TextContent text ? text.Text.OrNull() : null;

    private static Money? Amount(long thousandths, string currency) => currency.Length == 0 ? null : new(thousandths, currency);
}
