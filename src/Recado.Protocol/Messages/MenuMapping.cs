using System.Text.Json;
using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Lists, buttons, templates and interactive messages, and the answers to them. Read only.</summary>
internal static class MenuMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.ListMessage is { } list)
            return List(list, message);
        if (message.ButtonsMessage is { } buttons)
            return Buttons(buttons, message);
        if (message.TemplateMessage is { } template)
            return Template(template, message);
        if (message.InteractiveMessage is { } interactive)
            return Interactive(MenuKind.Interactive, interactive, message);

        return Reply(message);
    }

    private static MenuReplyContent? Reply(Message message)
    {
        if (message.ListResponseMessage is { } row)
        {
            return new(MenuKind.List, row.SingleSelectReply?.SelectedRowId ?? "", row.Title, message.ToByteArray())
            {
                Description = row.Description.OrNull(),
                Context = ContextMapping.Read(row.ContextInfo),
            };
        }

        if (message.ButtonsResponseMessage is { } button)
        {
            return new(MenuKind.Buttons, button.SelectedButtonId, button.SelectedDisplayText, message.ToByteArray())
            {
                Context = ContextMapping.Read(button.ContextInfo),
            };
        }

        if (message.TemplateButtonReplyMessage is { } template)
        {
            return new(MenuKind.Template, template.SelectedId, template.SelectedDisplayText, message.ToByteArray())
            {
                Context = ContextMapping.Read(template.ContextInfo),
            };
        }

        if (message.InteractiveResponseMessage is { } interactive)
        {
            var flow = interactive.NativeFlowResponseMessage;
            return new(MenuKind.Interactive, flow?.Name ?? "", interactive.Body?.Text ?? "", message.ToByteArray())
            {
                Parameters = flow?.ParamsJson.OrNull(),
                Context = ContextMapping.Read(interactive.ContextInfo),
            };
        }

        return null;
    }

    private static MenuContent List(ListMessage list, Message message)
    {
        var choices = from section in list.Sections
                      from row in section.Rows
                      select new MenuChoice(row.RowId, row.Title, row.Description.OrNull(), section.Title.OrNull());
        return new(MenuKind.List, [.. choices], message.ToByteArray())
        {
            Title = list.Title.OrNull(),
            Body = list.Description.OrNull(),
            Footer = list.FooterText.OrNull(),
            ButtonText = list.ButtonText.OrNull(),
            Context = ContextMapping.Read(list.ContextInfo),
        };
    }

    private static MenuContent Buttons(ButtonsMessage buttons, Message message)
    {
        var choices = buttons.Buttons.Select(button => new MenuChoice(button.ButtonId, button.ButtonText?.DisplayText ?? ""));
        return new(MenuKind.Buttons, [.. choices], message.ToByteArray())
        {
            Title = buttons.Text.OrNull(),
            Body = buttons.ContentText.OrNull(),
            Footer = buttons.FooterText.OrNull(),
            Header = Header(buttons.ImageMessage, buttons.VideoMessage, buttons.DocumentMessage, buttons.LocationMessage),
            Context = ContextMapping.Read(buttons.ContextInfo),
        };
    }

    private static MenuContent? Template(TemplateMessage template, Message message)
    {
        if (template.InteractiveMessageTemplate is { } interactive)
            return Interactive(MenuKind.Template, interactive, message);
        if ((template.HydratedTemplate ?? template.HydratedFourRowTemplate) is not { } rows)
            return null;

        return new(MenuKind.Template, [.. rows.HydratedButtons.Select(Choice)], message.ToByteArray())
        {
            Title = rows.HydratedTitleText.OrNull(),
            Body = rows.HydratedContentText.OrNull(),
            Footer = rows.HydratedFooterText.OrNull(),
            Header = Header(rows.ImageMessage, rows.VideoMessage, rows.DocumentMessage, rows.LocationMessage),
            Context = ContextMapping.Read(template.ContextInfo),
        };
    }

    private static MenuContent Interactive(MenuKind kind, InteractiveMessage interactive, Message message)
    {
        var cards = from card in interactive.CarouselMessage?.Cards ?? []
                    from button in card.NativeFlowMessage?.Buttons ?? []
                    select Choice(button, (card.Header?.Title ?? card.Body?.Text)?.OrNull());
        var buttons = (interactive.NativeFlowMessage?.Buttons ?? []).Select(button => Choice(button, section: null));
        var header = interactive.Header;
        return new(kind, [.. buttons, .. cards], message.ToByteArray())
        {
            Title = header?.Title.OrNull(),
            Body = interactive.Body?.Text.OrNull(),
            Footer = interactive.Footer?.Text.OrNull(),
            Header = header is null
                ? null
                : Header(header.ImageMessage, header.VideoMessage, header.DocumentMessage, header.LocationMessage),
            Context = ContextMapping.Read(interactive.ContextInfo),
        };
    }

    private static MenuChoice Choice(TemplateMessage.Types.HydratedTemplateButton button)
    {
        if (button.UrlButton is { } link)
            return new(link.Url, link.DisplayText);
        if (button.CallButton is { } call)
            return new(call.PhoneNumber, call.DisplayText);

        return new(button.QuickReplyButton?.Id ?? "", button.QuickReplyButton?.DisplayText ?? "");
    }

    /// <summary>The words of a flow's button stand in its parameters, which are whatever the sender wrote.</summary>
    private static MenuChoice Choice(InteractiveMessage.Types.NativeFlowMessage.Types.NativeFlowButton button, string? section)
    {
        try
        {
            using var parameters = JsonDocument.Parse(button.ButtonParamsJson);
            var root = parameters.RootElement;
            return new(Member(root, "id") ?? Member(root, "url") ?? button.Name, Member(root, "display_text") ?? button.Name, Section: section);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for an escape that is no character
        {
            return new(button.Name, button.Name, Section: section);
        }
    }

    private static string? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static MessageContent? Header(ImageMessage? image, VideoMessage? video, DocumentMessage? document, LocationMessage? location) =>
        (MessageContent?)MediaMapping.Image(image) ?? (MessageContent?)MediaMapping.Video(video)
        ?? (MessageContent?)MediaMapping.Document(document) ?? CardMapping.Location(location);
}
